using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Text.Json;
using Repaint.Contracts;
using Repaint.Contracts.Http;
using Repaint.Local.Demo;

namespace Repaint.Benchmarks.Festival;

/// <summary>A visitor with one palette, waiting for the picture.</summary>
internal sealed class FestivalVisitor : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly VisitorClient _client;
    private readonly HttpClient _http;

    private FestivalVisitor(VisitorClient client, HttpClient http, Guid id)
    {
        _client = client;
        _http = http;
        Id = id;
    }

    public Guid Id { get; }

    public static async Task<FestivalVisitor> JoinAsync(Uri api, Guid eventId, SpotDetails spot, CancellationToken cancellationToken)
    {
        var client = new VisitorClient(api, TimeProvider.System);
        var joined = await client.JoinAsync(eventId, cancellationToken);
        await client.PickAsync(new PickRequest(spot.Code, Guid.CreateVersion7(TimeProvider.System.GetUtcNow())), cancellationToken);
        var http = new HttpClient { BaseAddress = api };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", joined.Token);
        return new FestivalVisitor(client, http, joined.VisitorId);
    }

    /// <summary>The view as the visitor's phone gets it.</summary>
    public Task<byte[]> FetchAsync(CancellationToken cancellationToken) => _client.FetchAsync(Rendition.View, cancellationToken);

    /// <summary>Asks again and again, through whatever breaks.</summary>
    public async Task WaitByPollingAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                var update = await _http.GetFromJsonAsync<VisitorUpdate>("/api/visitors/me/updates", ContractsJson.Options, cancellationToken);
                if (update is { State: VisitorPictureStates.Ready })
                {
                    return;
                }
            }
            catch (Exception exception) when (exception is HttpRequestException or JsonException
                || (exception is TaskCanceledException && !cancellationToken.IsCancellationRequested))
            {
                // Something is being started again.
            }

            await Task.Delay(Pause, TimeProvider.System, cancellationToken);
        }
    }

    /// <summary>Opens the update stream.</summary>
    /// <returns>Ends when the picture is ready.</returns>
    public async Task<Task> WaitByStreamAsync(CancellationToken cancellationToken)
    {
        var response = await _http.GetAsync("/api/visitors/me/updates/stream", HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        response.EnsureSuccessStatusCode();
        var events = SseParser.Create(
                await response.Content.ReadAsStreamAsync(cancellationToken),
                (_, data) => JsonSerializer.Deserialize<VisitorUpdate?>(data, ContractsJson.Options))
            .EnumerateAsync(cancellationToken);
        return WaitAsync();

        async Task WaitAsync()
        {
            using (response)
            {
                await foreach (var item in events)
                {
                    if (item.Data is { State: VisitorPictureStates.Ready })
                    {
                        return;
                    }
                }
            }

            throw new InvalidOperationException("The stream ended before the picture was ready.");
        }
    }

    /// <summary>How many photographs the visitor has in the list.</summary>
    public async Task<int> CountPhotographsAsync(CancellationToken cancellationToken)
    {
        var images = await _http.GetFromJsonAsync<IReadOnlyList<VisitorImage>>("/api/visitors/me/images", ContractsJson.Options, cancellationToken);
        return images!.Count(image => image.Kind == ImageKinds.Photo);
    }

    public void Dispose()
    {
        _client.Dispose();
        _http.Dispose();
    }
}
