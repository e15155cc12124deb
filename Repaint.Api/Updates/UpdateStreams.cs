using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;
using Repaint.Api.Authentication;
using Repaint.Api.Notifications;
using Repaint.Contracts.Http;

namespace Repaint.Api.Updates;

/// <summary>
/// Writes to the streams of visitors: what is new when one is woken, a ping to those that have been quiet. A stream ends
/// when its visitor is erased, the token replaced, or this instance stops. A reader who is too slow holds up only its own
/// stream, and Kestrel gives up on it (MinResponseDataRate).
/// </summary>
internal sealed partial class UpdateStreams(
    UpdateHub hub, VisitorLookup visitors, VisitorUpdateReader reader, ApiMetrics metrics, IHostApplicationLifetime lifetime,
    IOptions<JsonOptions> json, TimeProvider time, ILogger<UpdateStreams> logger) : BackgroundService
{
    // A picture that thousands wait for wakes them all, and the database has others to answer, too.
    private const int MaxReads = 16;
    private const int MaxPingsAtOnce = 500;

    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);
    // A database that is away must not keep readers from their pings.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private static readonly byte[] Ping = Encoding.UTF8.GetBytes($"event: {UpdateStream.Ping}\ndata: null\n\n");

    private readonly SemaphoreSlim _reads = new(MaxReads);

    /// <summary>Begins a response with what is newer than <paramref name="since"/>, or a ping. False when the visitor has too many.</summary>
    public async Task<bool> TryParkAsync(VisitorIdentity visitor, long since, HttpResponse response)
    {
        var stream = new UpdateStream(this, visitor, since, response.BodyWriter);
        if (!hub.TryAdd(stream))
        {
            return false;
        }

        metrics.StreamOpened();
        response.HttpContext.Features.Set<IParkedResponse>(stream);
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-cache, no-store";
        // nginx and its like would otherwise hold events back.
        response.Headers["X-Accel-Buffering"] = "no";
        try
        {
            // Looks again: what was read when the caller was let in may be old by now.
            await AnswerAsync(stream, await visitors.FindAsync(visitor.TokenHash, response.HttpContext.RequestAborted), pings: true);
        }
        catch
        {
            stream.End();
            throw;
        }
        finally
        {
            Release(stream);
        }

        if (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            stream.End();
        }

        return true;
    }

    /// <summary>Looks at one that has been woken, and was taken for it.</summary>
    public void Serve(UpdateStream stream) => _ = ServeAsync(stream);

    public void Remove(UpdateStream stream)
    {
        hub.Remove(stream);
        metrics.StreamClosed();
    }

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        lifetime.ApplicationStopping.Register(() =>
        {
            foreach (var stream in hub.Streams)
            {
                stream.End();
            }
        });
        return base.StartAsync(cancellationToken);
    }

    /// <summary>Looks at every ping as well, in case a notification was lost.</summary>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Tick, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            var isAnswered = true;
            foreach (var streams in TakeQuiet().Chunk(MaxPingsAtOnce))
            {
                var found = isAnswered ? await TryFindAsync(streams, stoppingToken) : null;
                isAnswered = found is not null;
                foreach (var stream in streams)
                {
                    _ = FinishAsync(stream, found is null
                        ? WriteAsync(stream, Ping)
                        : AnswerAsync(stream, found.GetValueOrDefault(stream.TokenHash), pings: true));
                }
            }
        }
    }

    private IEnumerable<UpdateStream> TakeQuiet() =>
        hub.Streams.Where(stream => time.GetElapsedTime(stream.SentAt) > UpdateStream.PingInterval - Tick && stream.TryTake());

    /// <summary>Null while the database is away. Readers are pinged all the same, and all are woken when it is back.</summary>
    private async Task<IReadOnlyDictionary<byte[], VisitorIdentity>?> TryFindAsync(UpdateStream[] streams, CancellationToken stopping)
    {
        using var patience = new CancellationTokenSource(Patience, time);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, stopping);
        try
        {
            return await visitors.FindAsync([.. streams.Select(stream => stream.TokenHash)], ending.Token);
        }
        catch (Exception exception) when (!stopping.IsCancellationRequested)
        {
            Log.LookFailed(logger, exception);
            return null;
        }
    }

    private async Task ServeAsync(UpdateStream stream)
    {
        await FinishAsync(stream, LookAsync());

        async ValueTask LookAsync() =>
            await AnswerAsync(stream, await visitors.FindAsync(stream.TokenHash, CancellationToken.None), pings: false);
    }

    private async Task FinishAsync(UpdateStream stream, ValueTask answering)
    {
        try
        {
            await answering;
        }
        catch (Exception exception)
        {
            // The next ping looks again.
            Log.AnswerFailed(logger, exception);
        }

        Release(stream);
    }

    private void Release(UpdateStream stream)
    {
        if (!stream.TryRelease())
        {
            Serve(stream);
        }
    }

    /// <summary>
    /// Thousands wait and few have news: only who has some is read alone. A client that knows a later version than there is
    /// knows another database: this one was restored.
    /// </summary>
    private async ValueTask AnswerAsync(UpdateStream stream, VisitorIdentity? now, bool pings)
    {
        if (now is null)
        {
            stream.End();
        }
        else if (now.Version != stream.Sent)
        {
            await SendNewsAsync(stream);
        }
        else if (pings)
        {
            await WriteAsync(stream, Ping);
        }
    }

    private async ValueTask SendNewsAsync(UpdateStream stream)
    {
        if (await ReadAsync(stream.TokenHash) is not { } update)
        {
            stream.End();
            return;
        }

        stream.Sent = update.Version;
        var data = JsonSerializer.Serialize(update, json.Value.SerializerOptions);
        await WriteAsync(stream, Encoding.UTF8.GetBytes($"event: {UpdateStream.Update}\ndata: {data}\nid: {update.Version}\n\n"));
    }

    private async ValueTask<VisitorUpdate?> ReadAsync(byte[] tokenHash)
    {
        await _reads.WaitAsync();
        try
        {
            return await reader.ReadAsync(tokenHash, CancellationToken.None);
        }
        finally
        {
            _reads.Release();
        }
    }

    private async ValueTask WriteAsync(UpdateStream stream, byte[] bytes)
    {
        stream.SentAt = time.GetTimestamp();
        if ((await stream.Body.WriteAsync(bytes)).IsCompleted)
        {
            stream.End();
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "Could not look whether visitors' streams have anything new")]
        public static partial void LookFailed(ILogger logger, Exception exception);

        [LoggerMessage(LogLevel.Debug, "Could not look whether there is anything new for a stream")]
        public static partial void AnswerFailed(ILogger logger, Exception exception);
    }
}
