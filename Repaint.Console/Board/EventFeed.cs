using System.Net.Http.Headers;
using System.Net.ServerSentEvents;
using System.Text.Json;
using Repaint.Console.Api;
using Repaint.Contracts.Http;

namespace Repaint.Console.Board;

/// <summary>Listens to an event's feed, and comes back after every interruption where it left off.</summary>
internal sealed class EventFeed(StaffApi api, TimeProvider time)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(20);

    /// <summary>Runs until cancelled; <paramref name="connected"/> hears whether changes arrive.</summary>
    public async Task ListenAsync(
        Guid eventId, Func<SseItem<string>, Task> received, Action<bool> connected, CancellationToken cancellationToken)
    {
        string? last = null;
        var pause = FirstPause;
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, $"{StaffApi.Event(eventId)}/feed");
                request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
                if (last is not null)
                {
                    request.Headers.Add("Last-Event-ID", last);
                }

                using var response = await api.SendAsync(request, cancellationToken);
                connected(true);
                pause = FirstPause;
                await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
                await foreach (var item in SseParser.Create(stream).EnumerateAsync(cancellationToken))
                {
                    last = item.EventId ?? last;
                    await received(item);
                }
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception) when (exception is ApiException or HttpRequestException or IOException or OperationCanceledException)
            {
                // Tried again below: the board keeps what it shows and says that it is not live.
            }

            connected(false);
            await Task.Delay(pause, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            pause = TimeSpan.FromTicks(Math.Min(pause.Ticks * 2, LongestPause.Ticks));
        }
    }

    public static FeedChange? Read(string data) => JsonSerializer.Deserialize(data, ConsoleJson.Default.FeedChange);
}
