using System.Diagnostics;
using Microsoft.EntityFrameworkCore;
using Repaint.Contracts;
using Repaint.Contracts.Messages;
using Repaint.ImageGateway.Erasure;
using Repaint.ImageGateway.Images;
using Repaint.ImageGateway.Sweeping;
using Repaint.Messaging;

namespace Repaint.ImageGateway.Renderings;

internal sealed class PaintingStartedHandler(PaintingResults results) : IMessageHandler<PaintingStarted>
{
    public Task HandleAsync(PaintingStarted message, MessageContext context, CancellationToken cancellation) =>
        results.StartedAsync(message, cancellation);
}

internal sealed class PaintingCompletedHandler(PaintingResults results) : IMessageHandler<PaintingCompleted>
{
    public Task HandleAsync(PaintingCompleted message, MessageContext context, CancellationToken cancellation) =>
        results.CompletedAsync(message, cancellation);
}

internal sealed class PaintingFailedHandler(PaintingResults results, LostBlobs lost) : IMessageHandler<PaintingFailed>
{
    public async Task HandleAsync(PaintingFailed message, MessageContext context, CancellationToken cancellation)
    {
        await results.FailedAsync(
            message.ImageId, message.Revision, message.PaletteSet, message.Size, message.Attempt, message.Reason, cancellation);
        if (message.Reason == FailureReasons.StorageLost)
        {
            await lost.MendAsync(message.ImageId, message.Revision, cancellation);
        }
    }
}

/// <summary>What generation workers tell. Each result applies once, to the attempt it belongs to, or not at all.</summary>
internal sealed class PaintingResults(GatewayDbContext context, LateResults late, GatewayMetrics metrics, TimeProvider time)
{
    public Task StartedAsync(PaintingStarted message, CancellationToken cancellation)
    {
        Describe(message.ImageId, message.Revision, message.PaletteSet, RenderingState.Generating, message.Attempt);
        return Attempt(message.ImageId, message.Revision, message.PaletteSet, message.Size, message.Attempt)
            .Where(rendering => rendering.State == RenderingState.Queued)
            .ExecuteUpdateAsync(set => set
                .SetProperty(rendering => rendering.State, RenderingState.Generating)
                .SetProperty(rendering => rendering.GeneratingAt, time.GetUtcNow()), cancellation);
    }

    public async Task CompletedAsync(PaintingCompleted message, CancellationToken cancellation)
    {
        Describe(message.ImageId, message.Revision, message.PaletteSet, RenderingState.Ready, message.Attempt);
        var applied = await context.InTransactionAsync(async token =>
        {
            var changed = await Underway(message.ImageId, message.Revision, message.PaletteSet, message.Size, message.Attempt)
                .ExecuteUpdateAsync(set => set
                    .SetProperty(rendering => rendering.State, RenderingState.Ready)
                    .SetProperty(rendering => rendering.ReadyAt, time.GetUtcNow()), token);
            if (changed == 1 && message.Size == RenderingSize.View)
            {
                await SwapAsync(message, token);
            }

            return changed == 1;
        }, cancellation);
        if (applied)
        {
            await MeasureAsync(message, cancellation);
        }
        else
        {
            await late.EraseAsync(message.ImageId, message.Revision, cancellation);
        }
    }

    public async Task FailedAsync(
        Guid imageId,
        int revision,
        PaletteSet paletteSet,
        RenderingSize size,
        int attempt,
        string reason,
        CancellationToken cancellation)
    {
        Describe(imageId, revision, paletteSet, RenderingState.Failed, attempt);
        Activity.Current?.SetTag(TelemetryAttributes.Reason, reason);
        var applied = await context.InTransactionAsync(async token =>
        {
            var changed = await Underway(imageId, revision, paletteSet, size, attempt)
                .ExecuteUpdateAsync(set => set
                    .SetProperty(rendering => rendering.State, RenderingState.Failed)
                    .SetProperty(rendering => rendering.Reason, reason)
                    .SetProperty(rendering => rendering.FailedAt, time.GetUtcNow()), token);
            if (changed == 1 && size == RenderingSize.View)
            {
                var waiters = await context.VisitorPictures
                    .Where(picture => picture.ImageId == imageId && picture.RequestedSet == paletteSet
                        && picture.CurrentRequestNo < picture.RequestNo)
                    .Select(picture => new RenderingWaiter(picture.VisitorId, picture.RequestNo)).ToListAsync(token);
                context.PublishRendering(
                    new RenderingFact(
                        await EventOfAsync(imageId, token), imageId, revision, paletteSet, RenderingState.Failed, attempt, reason),
                    waiters, time);
            }

            return changed == 1;
        }, cancellation);
        if (applied)
        {
            metrics.Failed(QueueNames.Generation, reason);
        }
    }

    // Everyone who waits for this painting sees it from here on: one statement, so nobody sees half of the change. It locks in
    // the order in which requests do.
    private async Task SwapAsync(PaintingCompleted message, CancellationToken cancellation)
    {
        using var activity = GatewayTelemetry.Source.StartActivity(TelemetryAttributes.ImageSwapSpan);
        Describe(message.ImageId, message.Revision, message.PaletteSet, RenderingState.Ready, message.Attempt);
        var now = time.GetUtcNow();
        var current = await context.VisitorPictures.FromSql(
            $"""
            UPDATE visitor_pictures AS picture
            SET current_request_no = picture.request_no, current_set = picture.requested_set, current_at = {now}
            FROM (
                SELECT visitor_id FROM visitor_pictures
                WHERE image_id = {message.ImageId} AND requested_set = {(int)message.PaletteSet.Mask} AND current_request_no < request_no
                ORDER BY visitor_id FOR UPDATE) AS waiting
            WHERE picture.visitor_id = waiting.visitor_id AND picture.image_id = {message.ImageId}
              AND picture.requested_set = {(int)message.PaletteSet.Mask} AND picture.current_request_no < picture.request_no
            RETURNING picture.*
            """).AsNoTracking().ToListAsync(cancellation);
        context.PublishRendering(
            new RenderingFact(
                await EventOfAsync(message.ImageId, cancellation), message.ImageId, message.Revision, message.PaletteSet,
                RenderingState.Ready, message.Attempt, null),
            [.. current.Select(picture => new RenderingWaiter(picture.VisitorId, picture.RequestNo))], time);
    }

    private static void Describe(Guid imageId, int revision, PaletteSet paletteSet, RenderingState state, int attempt)
    {
        GatewayTelemetry.Describe(imageId, revision);
        Activity.Current?
            .SetTag(TelemetryAttributes.PaletteSet, paletteSet.ToString())
            .SetTag(TelemetryAttributes.State, TelemetryAttributes.ValueOf(state))
            .SetTag(TelemetryAttributes.Attempt, attempt);
    }

    private Task<Guid> EventOfAsync(Guid imageId, CancellationToken cancellation) =>
        context.Images.Where(image => image.Id == imageId).Select(image => image.EventId).SingleAsync(cancellation);

    private async Task MeasureAsync(PaintingCompleted message, CancellationToken cancellation)
    {
        var row = await Attempt(message.ImageId, message.Revision, message.PaletteSet, message.Size, message.Attempt).AsNoTracking()
            .SingleOrDefaultAsync(cancellation);
        if (row is not null)
        {
            metrics.Done(QueueNames.Generation, row.QueuedAt, row.GeneratingAt, time.GetUtcNow());
        }

        await context.MeasureFirstPaintingsAsync([message.ImageId], metrics, time, cancellation);
    }

    private IQueryable<Rendering> Underway(Guid imageId, int revision, PaletteSet paletteSet, RenderingSize size, int attempt) =>
        Attempt(imageId, revision, paletteSet, size, attempt)
            .Where(rendering => rendering.State == RenderingState.Queued || rendering.State == RenderingState.Generating);

    private IQueryable<Rendering> Attempt(Guid imageId, int revision, PaletteSet paletteSet, RenderingSize size, int attempt) =>
        context.Renderings.Where(rendering => rendering.ImageId == imageId && rendering.Revision == revision
            && rendering.PaletteSet == paletteSet && rendering.Size == size && rendering.Attempt == attempt);
}
