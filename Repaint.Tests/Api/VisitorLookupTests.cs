using Microsoft.Extensions.DependencyInjection;
using Repaint.Api.Authentication;
using Repaint.Contracts.Http;

namespace Repaint.Tests.Api;

public sealed class VisitorLookupTests(ApiHost api) : IClassFixture<ApiHost>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Everybody_who_asks_at_once_gets_their_own_answer()
    {
        var row = await api.CreateEventAsync();
        var visitors = new List<JoinedVisitor>();
        for (var number = 0; number < 20; number++)
        {
            visitors.Add(await api.JoinAsync(row.Id));
        }

        var (factory, _) = api.StartInstance();
        await using var instance = factory;
        var lookup = factory.Services.GetRequiredService<VisitorLookup>();
        // Every twenty-first is nobody.
        var asked = Enumerable.Range(0, 400).Select(number => visitors.ElementAtOrDefault(number % 21)).ToList();
        var answers = await Task.WhenAll(asked.Select(
            visitor => lookup.FindAsync(OpaqueToken.Hash(visitor?.Token ?? OpaqueToken.Create())!, Cancellation)));
        Assert.Equal(asked.Select(visitor => visitor?.VisitorId), answers.Select(answer => answer?.VisitorId));
    }

    [Fact]
    public async Task Who_stops_waiting_holds_up_nobody()
    {
        var joined = await api.JoinAsync((await api.CreateEventAsync()).Id);
        var (factory, _) = api.StartInstance();
        await using var instance = factory;
        var lookup = factory.Services.GetRequiredService<VisitorLookup>();
        var hash = OpaqueToken.Hash(joined.Token)!;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => lookup.FindAsync(hash, new CancellationToken(canceled: true)));
        Assert.Equal(joined.VisitorId, (await lookup.FindAsync(hash, Cancellation))!.VisitorId);
    }
}
