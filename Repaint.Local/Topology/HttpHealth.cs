using Repaint.Local.Lan;

namespace Repaint.Local.Topology;

/// <summary>Health of a process that speaks HTTP.</summary>
internal static class HttpHealth
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);
    private static readonly HttpClient Http = new(LocalHttp.NewHandler(lan: null)) { Timeout = Timeout };

    /// <summary>It answers at all.</summary>
    public static Func<CancellationToken, Task<bool>> Answers(string url) => Ask(Http, url, _ => true);

    /// <summary>Its health check passes.</summary>
    public static Func<CancellationToken, Task<bool>> Passes(string url) => Ask(Http, url + "/health", response => response.IsSuccessStatusCode);

    /// <summary>Its health check passes, by its public address.</summary>
    public static Func<CancellationToken, Task<bool>> Passes(string url, LanExposure? lan) => lan is null
        ? Passes(url)
        : Ask(new HttpClient(LocalHttp.NewHandler(lan)) { Timeout = Timeout }, url + "/health", response => response.IsSuccessStatusCode);

    private static Func<CancellationToken, Task<bool>> Ask(
        HttpClient http, string url, Func<HttpResponseMessage, bool> isHealthy) => async cancellationToken =>
    {
        try
        {
            using var response = await http.GetAsync(url, cancellationToken);
            return isHealthy(response);
        }
        catch (Exception exception) when (exception is HttpRequestException
            || (exception is TaskCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return false;
        }
    };
}
