namespace Repaint.Local.Topology;

/// <summary>Health of a process that speaks HTTP.</summary>
internal static class HttpHealth
{
    private static readonly HttpClient Http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false })
    {
        Timeout = TimeSpan.FromSeconds(10),
    };

    /// <summary>It answers at all.</summary>
    public static Func<CancellationToken, Task<bool>> Answers(string url) => Ask(url, _ => true);

    /// <summary>Its health check passes.</summary>
    public static Func<CancellationToken, Task<bool>> Passes(string url) => Ask(url + "/health", response => response.IsSuccessStatusCode);

    private static Func<CancellationToken, Task<bool>> Ask(string url, Func<HttpResponseMessage, bool> isHealthy) => async cancellationToken =>
    {
        try
        {
            using var response = await Http.GetAsync(url, cancellationToken);
            return isHealthy(response);
        }
        catch (Exception exception) when (exception is HttpRequestException
            || (exception is TaskCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return false;
        }
    };
}
