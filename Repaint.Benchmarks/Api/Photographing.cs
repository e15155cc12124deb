using System.Net.Http.Headers;

namespace Repaint.Benchmarks.Api;

/// <summary>What a photograph asks of the API: status, photograph, the visitor's update, a link.</summary>
internal sealed class Photographing(ApiStage stage, RunningApi api, PlayedEvent played) : IDisposable
{
    private const int Photographs = 100;

    private readonly HttpClient _client = new() { BaseAddress = api.Address };
    private int _next;

    /// <summary>Milliseconds per photograph, one after the other.</summary>
    public async Task<double> MeasureAsync(CancellationToken cancellationToken)
    {
        var started = TimeProvider.System.GetTimestamp();
        for (var photograph = 0; photograph < Photographs; photograph++)
        {
            // Spread over the event; a photograph again is a retake, the same work for the API.
            var (id, token) = played.Visitors[(int)((long)_next++ * 7919 % played.Visitors.Count)];
            await SendAsync(HttpMethod.Get, $"/api/staff/events/{played.EventId}/visitors/{id}", stage.StaffToken, null, cancellationToken);
            await SendAsync(HttpMethod.Put, $"/api/staff/events/{played.EventId}/visitors/{id}/photo?overwrite=true", stage.StaffToken,
                new ByteArrayContent([1, 2, 3]), cancellationToken);
            await SendAsync(HttpMethod.Get, "/api/visitors/me/updates", token, null, cancellationToken);
            await SendAsync(HttpMethod.Post, "/api/visitors/me/images/selected/one-time-url", token,
                new StringContent("""{"rendition":"view"}""", MediaTypeHeaderValue.Parse("application/json")), cancellationToken);
        }

        return TimeProvider.System.GetElapsedTime(started).TotalMilliseconds / Photographs;
    }

    public void Dispose() => _client.Dispose();

    private async Task SendAsync(HttpMethod method, string path, string token, HttpContent? content, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var response = await _client.SendAsync(request, cancellationToken);
        response.EnsureSuccessStatusCode();
    }
}
