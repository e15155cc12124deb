using System.Diagnostics;
using Microsoft.EntityFrameworkCore;
using Repaint.Contracts;
using Repaint.Contracts.Http;
using Repaint.Contracts.Messages;
using Repaint.ImageGateway.Renderings;
using Repaint.Messaging.Outbox;
using Repaint.Tests.Infrastructure;

namespace Repaint.Tests.Gateway;

public sealed class RenderingTests(PostgresFixture postgres, AzuriteFixture azurite) : GatewayTest(postgres, azurite)
{
    private static readonly PaletteSet One = PaletteSet.Of(0);
    private static readonly PaletteSet Two = PaletteSet.Of(0, 1);

    [Fact]
    public async Task A_painting_is_made_once_for_everyone_with_the_same_palettes()
    {
        var imageId = await EventImageAsync();
        var visitors = Enumerable.Range(0, 1200).Select(_ => NewId()).ToList();
        foreach (var chunk in visitors.Chunk(500))
        {
            await RequestAsync([.. chunk.Select(visitor => new RenderRequest(imageId, visitor, 1, One))]);
        }

        Assert.Single(await OutboxAsync<PaintRendering>());
        Assert.Empty(await OutboxAsync<RenderingUpdated>());
        await PaintAsync(imageId, One);
        var updates = await OutboxAsync<RenderingUpdated>();
        Assert.Equal([500, 500, 200], updates.Select(update => update.Waiters.Count));
        Assert.Equal(visitors.Order(), updates.SelectMany(update => update.Waiters).Select(waiter => waiter.VisitorId).Order());

        await RequestAsync(new RenderRequest(imageId, NewId(), 1, One));
        Assert.Single(await OutboxAsync<PaintRendering>());
        Assert.Equal(4, (await OutboxAsync<RenderingUpdated>()).Count);
    }

    [Fact]
    public async Task An_older_request_changes_nothing()
    {
        var (imageId, visitorId) = await ClusteredPhotoAsync();
        await RequestAsync(new RenderRequest(imageId, visitorId, 5, PaletteSet.All(PaletteCount)));
        await RequestAsync(new RenderRequest(imageId, visitorId, 4, PaletteSet.None), new RenderRequest(imageId, visitorId, 3, One));

        var picture = await Host.QueryAsync(context => context.VisitorPictures.SingleAsync(Cancellation));
        Assert.Equal((5, 5, PaletteSet.All(PaletteCount)), (picture.RequestNo, picture.CurrentRequestNo, picture.CurrentSet));
        Assert.Empty(await OutboxAsync<PaintRendering>());
    }

    [Fact]
    public async Task Of_several_requests_of_a_visitor_in_a_batch_the_newest_counts()
    {
        var (imageId, visitorId) = await ClusteredPhotoAsync();
        await RequestAsync(
            new RenderRequest(imageId, visitorId, 1, One), new RenderRequest(imageId, visitorId, 3, Two), new RenderRequest(imageId, visitorId, 2, One));

        Assert.Equal(Two, Assert.Single(await OutboxAsync<PaintRendering>()).PaletteSet);
    }

    [Fact]
    public async Task A_superseded_painting_is_dropped_unless_it_was_sent_or_someone_else_waits()
    {
        var imageId = await EventImageAsync();
        var (visitor, other) = (NewId(), NewId());
        await RequestAsync(new RenderRequest(imageId, visitor, 1, One));
        await RequestAsync(new RenderRequest(imageId, visitor, 2, Two));
        Assert.Equal([Two], (await OutboxAsync<PaintRendering>()).Select(message => message.PaletteSet));

        await RequestAsync(new RenderRequest(imageId, other, 1, Two));
        await RequestAsync(new RenderRequest(imageId, visitor, 3, PaletteSet.Of(0, 1, 2)));
        Assert.Equal([Two, PaletteSet.Of(0, 1, 2)], (await OutboxAsync<PaintRendering>()).Select(message => message.PaletteSet));

        await SendOutboxAsync();
        await RequestAsync(new RenderRequest(imageId, other, 2, PaletteSet.None));
        Assert.Contains(Two, await Host.QueryAsync(context => context.Renderings.Select(rendering => rendering.PaletteSet).ToListAsync(Cancellation)));

        await RequestAsync(new RenderRequest(imageId, NewId(), 1, One));
        Assert.Equal([One], (await OutboxAsync<PaintRendering>()).Select(message => message.PaletteSet));
    }

    [Fact]
    public async Task A_message_the_relay_is_sending_is_not_dropped()
    {
        var imageId = await EventImageAsync();
        var visitor = NewId();
        await SendOutboxAsync();
        await RequestAsync(new RenderRequest(imageId, visitor, 1, One));

        await Host.QueryAsync(async relay =>
        {
            await relay.Database.OpenConnectionAsync(Cancellation);
            await using var transaction = await relay.Database.GetDbConnection().BeginTransactionAsync(Cancellation);
            await using var take = relay.Database.GetDbConnection().CreateCommand();
            take.Transaction = transaction;
            take.CommandText = "SELECT id FROM outbox_messages ORDER BY id LIMIT 1 FOR UPDATE";
            await take.ExecuteScalarAsync(Cancellation);
            await RequestAsync(new RenderRequest(imageId, visitor, 2, Two));
            return true;
        });

        Assert.Equal([One, Two], (await OutboxAsync<PaintRendering>()).Select(message => message.PaletteSet));
        Assert.Equal(2, await Host.QueryAsync(context => context.Renderings.CountAsync(Cancellation)));
    }

    [Fact]
    public async Task A_late_painting_does_not_replace_what_was_asked_for_since()
    {
        var (imageId, visitorId) = await ClusteredPhotoAsync();
        await RequestAsync(new RenderRequest(imageId, visitorId, 1, One));
        await SendOutboxAsync();
        await RequestAsync(new RenderRequest(imageId, visitorId, 2, Two));
        await PaintAsync(imageId, Two);
        await PaintAsync(imageId, One);

        Assert.Equal([2L], (await OutboxAsync<RenderingUpdated>()).SelectMany(update => update.Waiters).Select(waiter => waiter.RequestNo));
        Assert.Equal(new ImageBlobNames(EventId, imageId, 1).RenderingView(Two), (await FetchAsync(await MintUrlAsync(imageId, visitorId))).Told);
    }

    [Fact]
    public async Task A_painting_told_of_twice_is_told_on_once()
    {
        var (imageId, visitorId) = await ClusteredPhotoAsync();
        await RequestAsync(new RenderRequest(imageId, visitorId, 1, One));
        await PaintAsync(imageId, One);
        await CompletePaintingAsync(imageId, One);
        await CompletePaintingAsync(imageId, One, attempt: 2);

        Assert.Single(await OutboxAsync<RenderingUpdated>());
    }

    [Fact]
    public async Task A_failed_painting_is_told_to_those_who_wait_and_made_again_when_asked_for()
    {
        var (imageId, visitorId) = await ClusteredPhotoAsync();
        await RequestAsync(new RenderRequest(imageId, visitorId, 1, One));
        await Host.InScopeAsync(async (PaintingDeadLetterHandler handler) =>
        {
            var message = (await OutboxAsync<PaintRendering>()).Single();
            await handler.HandleAsync(message, new(QueueNames.Generation, message.MessageId, 5, null), Cancellation);
            return true;
        });
        var failed = Assert.Single(await OutboxAsync<RenderingUpdated>());
        Assert.Equal((RenderingState.Failed, FailureReasons.RetriesExhausted), (failed.State, failed.Reason));
        Assert.Equal([new RenderingWaiter(visitorId, 1)], failed.Waiters);

        await RequestAsync(new RenderRequest(imageId, visitorId, 2, One));
        Assert.Equal([1, 2], (await OutboxAsync<PaintRendering>()).Select(message => message.Attempt));
        await CompletePaintingAsync(imageId, One, attempt: 1);
        Assert.Single(await OutboxAsync<RenderingUpdated>());
        await PaintAsync(imageId, One, attempt: 2);
        Assert.Equal(RenderingState.Ready, (await OutboxAsync<RenderingUpdated>())[^1].State);
    }

    [Fact]
    public async Task What_was_asked_for_before_the_palettes_exist_is_started_when_they_do()
    {
        var imageId = NewId();
        await UploadAsync(TestPictures.Png(), imageId);
        var (first, second) = (NewId(), NewId());
        await RequestAsync(new RenderRequest(imageId, first, 1, One), new RenderRequest(imageId, second, 7, PaletteSet.None));
        Assert.Empty(await OutboxAsync<PaintRendering>());
        Assert.Empty(await OutboxAsync<RenderingUpdated>());

        await ClusterAsync(imageId);
        Assert.Equal(One, Assert.Single(await OutboxAsync<PaintRendering>()).PaletteSet);
        Assert.Equal([new RenderingWaiter(second, 7)], Assert.Single(await OutboxAsync<RenderingUpdated>()).Waiters);
    }

    [Fact]
    public async Task Nobody_waits_for_ever_when_requests_and_results_cross()
    {
        var imageId = await EventImageAsync();
        var sets = Enumerable.Range(1, 14).Select(mask => new PaletteSet((ushort)mask)).ToList();
        var visitors = sets.SelectMany(set => Enumerable.Range(0, 8).Select(_ => (Id: NewId(), Set: set))).ToList();
        await RequestAsync([.. sets.Select(set => new RenderRequest(imageId, NewId(), 1, set))]);
        await Task.WhenAll([
            .. visitors.Select(visitor => RequestAsync(new RenderRequest(imageId, visitor.Id, 1, visitor.Set))),
            .. sets.Select(set => CompletePaintingAsync(imageId, set))]);

        Assert.Equal(0, await Host.QueryAsync(context =>
            context.VisitorPictures.CountAsync(picture => picture.CurrentRequestNo < picture.RequestNo, Cancellation)));
        var told = (await OutboxAsync<RenderingUpdated>()).SelectMany(update => update.Waiters).Select(waiter => waiter.VisitorId).ToList();
        Assert.Equal(sets.Count + visitors.Count, told.Count);
        Assert.Equal(told.Count, told.Distinct().Count());
    }

    [Fact]
    public async Task Each_request_of_a_batch_continues_its_own_trace()
    {
        var imageId = await EventImageAsync();
        var traces = Enumerable.Range(0, 2).Select(_ => ActivityTraceId.CreateRandom()).ToList();
        string Parent(ActivityTraceId trace) => $"00-{trace}-{ActivitySpanId.CreateRandom()}-01";
        await SendOutboxAsync();
        await RequestAsync(
            new RenderRequest(imageId, NewId(), 1, One, Parent(traces[0])), new RenderRequest(imageId, NewId(), 1, PaletteSet.None, Parent(traces[1])));

        var rows = await Host.QueryAsync(context => context.Set<OutboxMessage>().OrderBy(row => row.Subject).ToListAsync(Cancellation));
        Assert.Equal([PaintRendering.Subject, RenderingUpdated.Subject], rows.Select(row => row.Subject));
        Assert.Equal(traces.Select(trace => trace.ToString()), rows.Select(row => row.TraceParent![3..35]));
    }

    private async Task<Guid> EventImageAsync()
    {
        var imageId = NewId();
        await UploadAsync(TestPictures.Png(), imageId);
        await ClusterAsync(imageId);
        return imageId;
    }
}
