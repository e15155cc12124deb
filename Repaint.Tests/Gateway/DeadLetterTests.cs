using System.Net;
using Microsoft.EntityFrameworkCore;
using Repaint.Contracts;
using Repaint.Contracts.Http;
using Repaint.Contracts.Messages;
using Repaint.Messaging;
using Repaint.Tests.Infrastructure;
using Repaint.Tests.Messaging;

namespace Repaint.Tests.Gateway;

/// <summary>Over a real bus: what no worker gets done comes back as failed, and a retry by staff starts again cleanly.</summary>
public sealed class DeadLetterTests(PostgresFixture postgres, AzuriteFixture azurite, LocalBusFixture buses) : GatewayTest(postgres, azurite)
{
    private string _bus = "";

    internal override IReadOnlyDictionary<string, string?> Settings =>
        new Dictionary<string, string?> { ["ConnectionStrings:messaging"] = _bus };

    public override async ValueTask InitializeAsync()
    {
        _bus = await buses.StartAsync();
        await base.InitializeAsync();
    }

    [Fact]
    public async Task A_poison_photo_has_failed_and_staff_may_try_it_again()
    {
        var (imageId, visitorId) = (NewId(), NewId());
        await UploadAsync(TestPictures.Png(), imageId, visitorId);
        await using (await WorkerAsync(QueueNames.Clustering, worker => worker.Handle<ClusterImage, Poisoned<ClusterImage>>()))
        {
            await Poll.UntilAsync(async () => await RevisionAsync(imageId) == (ImageState.Failed, FailureReasons.RetriesExhausted, 1));
        }

        using var retried = await Host.Internal.PostAsync($"{GatewayRoutes.Images}/{imageId}/retry", null, Cancellation);
        Assert.Equal(HttpStatusCode.Accepted, retried.StatusCode);
        await using (await WorkerAsync(QueueNames.Clustering, worker => worker.Handle<ClusterImage, Clusterer>()))
        {
            await Poll.UntilAsync(async () => await RevisionAsync(imageId) == (ImageState.Clustered, null, 2));
        }
    }

    [Fact]
    public async Task A_poison_painting_has_failed_and_staff_may_try_it_again()
    {
        var (imageId, visitorId) = await ClusteredPhotoAsync();
        var set = PaletteSet.Of(1);
        await RequestAsync(new RenderRequest(imageId, visitorId, 1, set));
        await using (await WorkerAsync(QueueNames.Generation, worker => worker.Handle<PaintRendering, Poisoned<PaintRendering>>()))
        {
            await Poll.UntilAsync(async () => await RenderingAsync(imageId) == (RenderingState.Failed, FailureReasons.RetriesExhausted, 1));
        }

        using var retried = await Host.Internal.PostAsync($"{GatewayRoutes.Images}/{imageId}/retry", null, Cancellation);
        Assert.Equal(HttpStatusCode.Accepted, retried.StatusCode);
        await using (await WorkerAsync(QueueNames.Generation, worker => worker.Handle<PaintRendering, Painter>()))
        {
            await Poll.UntilAsync(async () => await RenderingAsync(imageId) == (RenderingState.Ready, null, 2));
        }

        Assert.Equal(1, (await Host.QueryAsync(context => context.VisitorPictures.SingleAsync(Cancellation))).CurrentRequestNo);
    }

    private Task<(ImageState, string?, int)> RevisionAsync(Guid imageId) => Host.QueryAsync(async context =>
    {
        var row = await context.Revisions.AsNoTracking().SingleAsync(row => row.ImageId == imageId, Cancellation);
        return (row.State, row.Reason, row.Attempt);
    });

    private Task<(RenderingState, string?, int)> RenderingAsync(Guid imageId) => Host.QueryAsync(async context =>
    {
        var row = await context.Renderings.AsNoTracking().SingleAsync(row => row.ImageId == imageId, Cancellation);
        return (row.State, row.Reason, row.Attempt);
    });

    private Task<TestService> WorkerAsync(string queue, Action<ProcessorBuilder> handle) => TestService.StartAsync(
        _bus, messaging => messaging.AddProcessor(queue, handle), ($"Messaging:Processors:{queue}:RetryDelay", "00:00:00"));

    private sealed class Poisoned<T> : IMessageHandler<T>
        where T : IMessage
    {
        public Task HandleAsync(T message, MessageContext context, CancellationToken cancellation) =>
            throw new InvalidOperationException("No worker can do this.");
    }

    private sealed class Clusterer(IMessageSender sender) : IMessageHandler<ClusterImage>
    {
        public Task HandleAsync(ClusterImage message, MessageContext context, CancellationToken cancellation) => sender.SendAsync(
            new ClusteringCompleted(message.ImageId, message.Revision, message.Attempt, 640, 480, Palettes()), cancellation);
    }

    private sealed class Painter(IMessageSender sender) : IMessageHandler<PaintRendering>
    {
        public Task HandleAsync(PaintRendering message, MessageContext context, CancellationToken cancellation) => sender.SendAsync(
            new PaintingCompleted(message.ImageId, message.Revision, message.PaletteSet, message.Size, message.Attempt), cancellation);
    }
}
