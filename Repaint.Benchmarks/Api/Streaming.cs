using System.Net.Http.Headers;

namespace Repaint.Benchmarks.Api;

/// <summary>Update streams, opened and kept open.</summary>
internal static class Streaming
{
    private const int OpenAtOnce = 32;

    // Longer than a ping, so that every stream has had one.
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(20);

    /// <summary>KiB that a stream costs the API.</summary>
    public static async Task<double> MeasureAsync(ApiStage stage, PlayedEvent played, int streams, CancellationToken cancellationToken)
    {
        await using var api = await stage.StartApiAsync(played, cancellationToken);
        using var client = new HttpClient(new SocketsHttpHandler()) { BaseAddress = api.Address, Timeout = TimeSpan.FromMinutes(5) };
        var open = new List<HttpResponseMessage>(streams);
        try
        {
            // What the first ones load and compile is no stream's cost.
            var warm = Math.Min(500, streams / 10);
            await OpenAsync(client, played, 0, warm, open, cancellationToken);
            await Task.Delay(Settling, TimeProvider.System, cancellationToken);
            var before = api.ResidentBytes();
            await OpenAsync(client, played, warm, streams, open, cancellationToken);
            await Task.Delay(Settling, TimeProvider.System, cancellationToken);
            return (api.ResidentBytes() - before) / 1024.0 / (streams - warm);
        }
        finally
        {
            foreach (var response in open)
            {
                response.Dispose();
            }
        }
    }

    private static async Task OpenAsync(
        HttpClient client, PlayedEvent played, int from, int to, List<HttpResponseMessage> open, CancellationToken cancellationToken) =>
        await Parallel.ForAsync(from, to, new ParallelOptions { MaxDegreeOfParallelism = OpenAtOnce, CancellationToken = cancellationToken }, async (index, token) =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/api/visitors/me/updates/stream");
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", played.Visitors[index].Token);
            var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, token);
            response.EnsureSuccessStatusCode();
            var body = await response.Content.ReadAsStreamAsync(token);
            ArgumentOutOfRangeException.ThrowIfZero(await body.ReadAsync(new byte[1024], token));
            lock (open)
            {
                open.Add(response);
            }
        });
}
