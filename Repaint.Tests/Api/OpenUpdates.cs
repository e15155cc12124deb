using System.Net.ServerSentEvents;
using System.Text.Json;
using Repaint.Api.Updates;
using Repaint.Contracts;
using Repaint.Contracts.Http;

namespace Repaint.Tests.Api;

/// <summary>A visitor who follows the stream of updates.</summary>
internal sealed class OpenUpdates : IAsyncDisposable
{
    public const string Path = "/api/visitors/me/updates/stream";

    private readonly HttpClient _client;
    private readonly HttpResponseMessage _response;
    private readonly SseParser<string> _parser;
    private readonly IAsyncEnumerator<SseItem<string>> _events;

    private OpenUpdates(HttpClient client, HttpResponseMessage response, Stream body, DateTimeOffset openedAt)
    {
        (_client, _response, OpenedAt) = (client, response, openedAt);
        _parser = SseParser.Create(body);
        _events = _parser.EnumerateAsync(Cancellation).GetAsyncEnumerator(Cancellation);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>By the clock of the host.</summary>
    public DateTimeOffset OpenedAt { get; }

    public string LastEventId => _parser.LastEventId;

    public static async Task<OpenUpdates> OpenAsync(ApiHost api, string token, string? lastEventId = null, Uri? address = null)
    {
        var client = api.Client(token, address);
        using var request = new HttpRequestMessage(HttpMethod.Get, Path);
        if (lastEventId is not null)
        {
            request.Headers.Add("Last-Event-ID", lastEventId);
        }

        var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancellation);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        return new OpenUpdates(client, response, await response.Content.ReadAsStreamAsync(Cancellation), api.Time.GetUtcNow());
    }

    /// <summary>The next update; pings are passed over.</summary>
    public async Task<VisitorUpdate> NextAsync()
    {
        while (await NextTypeAsync() is { } type)
        {
            if (type == UpdateStream.Update)
            {
                return JsonSerializer.Deserialize<VisitorUpdate>(_events.Current.Data, ContractsJson.Options)!;
            }
        }

        throw new EndOfStreamException();
    }

    /// <summary>The type of the next event; null at the end.</summary>
    public async Task<string?> NextTypeAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        return await _events.MoveNextAsync().AsTask().WaitAsync(limit.Token) ? _events.Current.EventType : null;
    }

    public ValueTask DisposeAsync()
    {
        _response.Dispose();
        _client.Dispose();
        return ValueTask.CompletedTask;
    }
}
