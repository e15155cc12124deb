using System.Diagnostics.Metrics;
using System.Net;
using Microsoft.EntityFrameworkCore;
using Repaint.Contracts;
using Repaint.Contracts.Http;
using Repaint.Contracts.Messages;
using Repaint.ImageGateway;
using Repaint.ImageGateway.Sweeping;
using Repaint.Tests.Infrastructure;

namespace Repaint.Tests.Gateway;

/// <summary>Orphans of every kind: of storage, of the database, and of orders that got lost.</summary>
public sealed class InventoryTests(PostgresFixture postgres, AzuriteFixture azurite) : GatewayTest(postgres, azurite)
{
    private static readonly PaletteSet Set = PaletteSet.Of(1);

    [Fact]
    public async Task Blobs_without_rows_go_and_those_of_rows_stay()
    {
        var (imageId, visitorId) = await PaintedPhotoAsync();
        var known = await Host.BlobNamesAsync();
        await WriteBlobAsync(new ImageBlobNames(EventId, NewId(), 1).Original); // an image that nobody knows
        await WriteBlobAsync(Names(imageId, 7).Sketch); // a revision
        await WriteBlobAsync(Names(imageId).RenderingView(PaletteSet.Of(2))); // a painting
        await WriteBlobAsync(Names(imageId).Upload); // the worker died after telling and before tidying

        Assert.Equal(0, (await TakeAsync()).Found); // all of it might just be being made
        await PassAsync();
        var (found, swept) = await TakeAsync();
        Assert.Equal((4, 3, 1), (found, swept["orphan-blob"], swept["leftover-upload"]));
        await RunErasuresAsync();

        Assert.Equal(known, await Host.BlobNamesAsync());
        Assert.Equal(0, (await TakeAsync()).Found);
        Assert.Equal((HttpStatusCode.OK, Names(imageId).RenderingView(Set)), await FetchAsync(await MintUrlAsync(imageId, visitorId)));
    }

    [Fact]
    public async Task A_photo_that_has_lost_everything_has_failed_before_anyone_asks_for_it()
    {
        var (imageId, _) = await ClusteredPhotoAsync();
        foreach (var name in await Host.BlobNamesAsync())
        {
            await Host.Container.DeleteBlobAsync(name, cancellationToken: Cancellation);
        }

        await PassAsync();
        Assert.Equal(1, (await TakeAsync()).Swept["lost-original"]);
        var told = (await OutboxAsync<ImageUpdated>())[^1];
        Assert.Equal((imageId, ImageState.Failed, FailureReasons.StorageLost), (told.ImageId, told.State, told.Reason));
    }

    [Fact]
    public async Task Lost_parts_and_paintings_are_made_again_before_anyone_asks_for_them()
    {
        var (partsId, _) = await ClusteredPhotoAsync();
        var (paintedId, _) = await PaintedPhotoAsync();
        await Host.Container.DeleteBlobAsync(Names(partsId).Clusters, cancellationToken: Cancellation);
        await Host.Container.DeleteBlobAsync(Names(paintedId).RenderingThumbnail(Set), cancellationToken: Cancellation);

        await PassAsync();
        var (_, swept) = await TakeAsync();
        Assert.Equal((1, 1), (swept["lost-parts"], swept["lost-painting"]));
        Assert.Equal((partsId, 2), Last(await OutboxAsync<ClusterImage>(), message => (message.ImageId, message.Attempt)));
        Assert.Equal((paintedId, 2), Last(await OutboxAsync<PaintRendering>(), message => (message.ImageId, message.Attempt)));
    }

    [Fact]
    public async Task A_reservation_whose_erasure_got_lost_is_erased()
    {
        var imageId = NewId();
        await Host.InScopeAsync(async (ImageGateway.Uploads.UploadLedger ledger) =>
        {
            await WriteBlobAsync((await ledger.ReserveAsync(new(imageId, EventId, null, PaletteCount, false), Cancellation)).Upload);
            return true;
        });
        await Host.QueryAsync(context => context.Erasures.ExecuteDeleteAsync(Cancellation));
        await PassAsync();
        Assert.Equal(1, (await TakeAsync()).Swept["forgotten-reservation"]);
        await RunErasuresAsync();

        Assert.Empty(await Host.BlobNamesAsync());
        Assert.False(await Host.QueryAsync(context => context.Images.AnyAsync(Cancellation)));
    }

    private static T Last<TMessage, T>(IEnumerable<TMessage> messages, Func<TMessage, T> what) => what(messages.Last());

    private ImageBlobNames Names(Guid imageId, int revision = 1) => new(EventId, imageId, revision);

    private async Task<(Guid ImageId, Guid VisitorId)> PaintedPhotoAsync()
    {
        var (imageId, visitorId) = await ClusteredPhotoAsync();
        await RequestAsync(new RenderRequest(imageId, visitorId, 1, Set));
        await PaintAsync(imageId, Set);
        return (imageId, visitorId);
    }

    // Storage has a clock of its own, ahead of the test's.
    private Task PassAsync()
    {
        var ahead = TimeProvider.System.GetUtcNow() - Host.Time.GetUtcNow();
        Host.Time.Advance((ahead > TimeSpan.Zero ? ahead : TimeSpan.Zero) + TimeSpan.FromMinutes(31));
        return Task.CompletedTask;
    }

    private async Task<(int Found, Dictionary<string, long> Swept)> TakeAsync()
    {
        var swept = new Dictionary<string, long>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter.Name == GatewayMetrics.MeterName && instrument.Name == "repaint.sweeps.found" && instrument.Meter.Scope == Host.Meters)
            {
                self.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((_, count, tags, _) =>
        {
            var kind = (string)tags[0].Value!;
            swept[kind] = swept.GetValueOrDefault(kind) + count;
        });
        listener.Start();
        var found = await Host.InScopeAsync((Inventory inventory) => inventory.TakeAsync(Cancellation));
        return (found, swept);
    }
}
