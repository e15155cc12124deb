using System.Security.Cryptography;
using Repaint.Contracts;
using Repaint.ImageGateway.OneTimeUrls;
using Repaint.ImageGateway.Renderings;
using Repaint.Tests.Infrastructure;

namespace Repaint.Tests.Gateway;

/// <summary>
/// What a link shows is said twice: by <see cref="View.Of"/>, and by the statement that takes links by the batch. Here both are
/// asked about every state of link, visitor and painting.
/// </summary>
public sealed class ViewAgreementTests(PostgresFixture postgres, AzuriteFixture azurite) : GatewayTest(postgres, azurite)
{
    private static readonly PaletteSet Some = PaletteSet.Of(1);
    private static readonly PaletteSet?[] Sets = [null, PaletteSet.None, Some, PaletteSet.Of(2), PaletteSet.All(PaletteCount)];

    private static readonly (RenderingSize Size, RenderingState State)?[] Paintings =
    [
        null, (RenderingSize.View, RenderingState.Ready), (RenderingSize.Full, RenderingState.Ready),
        (RenderingSize.View, RenderingState.Queued), (RenderingSize.Full, RenderingState.Failed),
    ];

    [Fact]
    public async Task A_batch_shows_what_a_single_redemption_would()
    {
        var links = new List<OneTimeUrl>();
        foreach (var painting in Paintings)
        {
            links.AddRange(await CreateLinksAsync(painting));
        }

        await Host.QueryAsync(context =>
        {
            context.AddRange(links);
            return context.SaveChangesAsync(Cancellation);
        });
        var peeked = new List<RedemptionResult>();
        foreach (var link in links)
        {
            peeked.Add(await Host.InScopeAsync((Redemption redemption) => redemption.PeekAsync(link.TokenHash, link.ImageId, Cancellation)));
        }

        var taken = await Host.InScopeAsync((RedemptionBatches batches) =>
            Task.WhenAll(links.Select(link => batches.TakeAsync(link.TokenHash, link.ImageId))));
        Assert.Equal(peeked.Select(result => result.Delivery?.View), taken.Select(each => each?.View));
        Assert.Contains(taken, each => each is null);
        Assert.Contains(taken, each => each?.View.PaletteSet == Some);
    }

    private async Task<IEnumerable<OneTimeUrl>> CreateLinksAsync((RenderingSize Size, RenderingState State)? painting)
    {
        var imageId = NewId();
        await UploadAsync(TestPictures.Png(seed: Array.IndexOf(Paintings, painting)), imageId);
        await ClusterAsync(imageId);
        var visitors = Sets.Select(set => (Id: (Guid?)NewId(), Set: set)).ToList();
        var now = Host.Time.GetUtcNow();
        await Host.QueryAsync(context =>
        {
            if (painting is var (size, state))
            {
                context.Add(new Rendering { ImageId = imageId, Revision = 1, PaletteSet = Some, Size = size, State = state, QueuedAt = now });
            }

            context.AddRange(visitors.Select(visitor => new VisitorPicture
            {
                VisitorId = visitor.Id!.Value,
                ImageId = imageId,
                RequestNo = 1,
                RequestedSet = PaletteSet.None,
                RequestedAt = now,
                CurrentSet = visitor.Set,
            }));
            return context.SaveChangesAsync(Cancellation);
        });
        return
            from visitorId in visitors.Select(visitor => visitor.Id).Append(NewId()).Append(null)
            from set in Sets
            from rendition in Enum.GetValues<Rendition>()
            select new OneTimeUrl
            {
                TokenHash = RandomNumberGenerator.GetBytes(32),
                ImageId = imageId,
                VisitorId = visitorId,
                Rendition = rendition,
                PaletteSet = set,
                ExpiresAt = now + TimeSpan.FromMinutes(5),
            };
    }
}
