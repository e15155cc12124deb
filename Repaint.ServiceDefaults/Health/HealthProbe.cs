using Microsoft.Extensions.Configuration;

namespace Repaint.ServiceDefaults.Health;

/// <summary>
/// <c>dotnet Service.dll --probe URL</c> asks an instance that runs beside it whether it is well, instead of starting another:
/// for an orchestrator that asks inside the container, whose image has neither a shell nor curl.
/// </summary>
internal static class HealthProbe
{
    private const string Setting = "probe";
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(8);

    /// <summary>Ends the process, with 0 when it is well and 1 when not, if that is what it was started for.</summary>
    public static void ExitIfAsked(IConfiguration configuration)
    {
        if (configuration[Setting] is { Length: > 0 } url)
        {
            Environment.Exit(IsWell(url) ? 0 : 1);
        }
    }

    private static bool IsWell(string url)
    {
        try
        {
            using var client = new HttpClient { Timeout = Timeout };
            using var response = client.Send(new HttpRequestMessage(HttpMethod.Get, url));
            return response.IsSuccessStatusCode;
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException)
        {
            return false;
        }
    }
}
