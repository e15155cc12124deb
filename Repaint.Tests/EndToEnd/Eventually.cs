using Repaint.Local;

namespace Repaint.Tests.EndToEnd;

/// <summary>Waits for what is bound to happen.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    public static Task IsAsync(Func<Task<bool>> condition) =>
        Condition.WaitAsync("The condition", _ => condition(), Patience, TestContext.Current.CancellationToken);

    /// <summary>Says what is left when it never gets empty.</summary>
    public static async Task IsEmptyAsync(Func<Task<List<string>>> list)
    {
        List<string> left = [];
        try
        {
            await IsAsync(async () => (left = await list()).Count == 0);
        }
        catch (LocalException)
        {
            Assert.Empty(left);
        }
    }
}
