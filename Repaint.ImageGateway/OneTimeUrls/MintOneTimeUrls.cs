using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Repaint.Contracts;
using Repaint.Contracts.Http;
using Repaint.ImageGateway.Erasure;
using Repaint.ImageGateway.Images;
using Repaint.ImageGateway.PublicImages;
using Repaint.ImageGateway.Renderings;

namespace Repaint.ImageGateway.OneTimeUrls;

/// <summary>Mints links. One that shows a painting nobody has made yet starts it.</summary>
internal sealed class MintOneTimeUrls(
    GatewayDbContext context, PublicAddress addresses, TimeProvider time, IOptions<GatewayOptions> options, GatewayMetrics metrics)
{
    public async Task<MintResponse> MintAsync(IReadOnlyList<LinkRequest> requests, CancellationToken cancellation)
    {
        MintedLink[] minted = [];
        await context.InTransactionAsync(async token =>
        {
            // Held, because a missing painting is started for the revision found here.
            var images = await context.HoldImagesAsync([.. requests.Select(request => request.ImageId).Distinct()], token);
            var paletteCounts = await context.ServingRevisions([.. images.Keys])
                .ToDictionaryAsync(row => row.ImageId, row => row.PaletteCount, token);
            var erased = await context.Erasures.OfVisitorsAsync(
                [.. requests.Select(request => request.VisitorId).OfType<Guid>().Distinct()], token);
            var expiresAt = time.GetUtcNow() + options.Value.UrlLifetime;
            var published = await GetPublicAsync(requests, images, paletteCounts, token);
            minted = [.. requests.Select(request => Refuse(request, images, paletteCounts, erased) is { } code
                ? new MintedLink(null, null, code)
                : published.TryGetValue(request, out var picture)
                    ? new MintedLink(null, expiresAt, null, addresses.Write(picture))
                    : Mint(request, expiresAt))];
            await StartPaintingsAsync(
                [.. requests.Where((request, index) => minted[index].Token is not null && MayBeMissing(request))], images, paletteCounts, token);
            return true;
        }, cancellation);
        metrics.UrlsMinted(minted.Count(link => link.Token is not null));
        return new MintResponse(minted);
    }

    private MintedLink Mint(LinkRequest request, DateTimeOffset expiresAt)
    {
        var token = Token.Create();
        context.Add(new OneTimeUrl
        {
            TokenHash = Token.Hash(token)!,
            ImageId = request.ImageId,
            VisitorId = request.VisitorId,
            Rendition = request.Rendition,
            PaletteSet = ShowsCurrent(request) ? null : request.PaletteSet ?? PaletteSet.None,
            Disposition = request.Disposition,
            ExpiresAt = expiresAt,
        });
        return new MintedLink(token, expiresAt, null);
    }

    private static string? Refuse(
        LinkRequest request, Dictionary<Guid, Image> images, Dictionary<Guid, int> paletteCounts, HashSet<Guid> erased)
    {
        if (request.VisitorId is not null && IsForStaff(request.Rendition))
        {
            return ErrorCodes.InvalidRequest;
        }

        // A visitor's photograph is shown to that visitor and to staff; an event's image to everyone.
        if (!images.TryGetValue(request.ImageId, out var image)
            || (request.VisitorId is { } visitor
                && ((image.VisitorId is not null && image.VisitorId != visitor) || erased.Contains(visitor))))
        {
            return ErrorCodes.NotFound;
        }

        return !paletteCounts.TryGetValue(image.Id, out var paletteCount) ? ErrorCodes.NotReady
            : request.PaletteSet?.FitsIn(paletteCount) == false ? ErrorCodes.InvalidRequest
            : null;
    }

    private static bool IsForStaff(Rendition rendition) => rendition is Rendition.Original or Rendition.Clusters;

    private static bool ShowsCurrent(LinkRequest request) => request.VisitorId is not null && request.PaletteSet is null;

    // A visitor's view shows what is current, which exists; full size and a chosen set may not.
    private static bool MayBeMissing(LinkRequest request) =>
        request.Rendition == Rendition.Full || (!ShowsCurrent(request) && !IsForStaff(request.Rendition));

    // What an event shows to everyone, as far as it exists; a painting that is still to be made gets a link of its own.
    private async Task<Dictionary<LinkRequest, PublicPicture>> GetPublicAsync(
        IReadOnlyList<LinkRequest> requests, Dictionary<Guid, Image> images, Dictionary<Guid, int> paletteCounts, CancellationToken cancellation)
    {
        var published = new Dictionary<LinkRequest, PublicPicture>();
        foreach (var request in requests.Where(request => request is { IsPublic: true, Disposition: Disposition.Inline } && !IsForStaff(request.Rendition)
            && images.TryGetValue(request.ImageId, out var image) && image.VisitorId is null && paletteCounts.ContainsKey(request.ImageId)))
        {
            var image = images[request.ImageId];
            var set = request.PaletteSet ?? await context.VisitorPictures
                .Where(picture => picture.VisitorId == request.VisitorId && picture.ImageId == image.Id)
                .Select(picture => picture.CurrentSet).SingleOrDefaultAsync(cancellation) ?? PaletteSet.None;
            var size = View.SizeOf(request.Rendition);
            var isReady = await context.Renderings.AnyAsync(
                painting => painting.ImageId == image.Id && painting.Revision == image.ServingRevision && painting.PaletteSet == set
                    && painting.Size == size && painting.State == RenderingState.Ready, cancellation);
            var view = View.Of(
                new ImageBlobNames(image.EventId, image.Id, image.ServingRevision!.Value), paletteCounts[image.Id], request.Rendition, set,
                ShowsCurrent(request), isReady);
            if (view.Missing is null)
            {
                published[request] = new PublicPicture(image.Id, image.ServingRevision.Value, view.PaletteSet, request.Rendition);
            }
        }

        return published;
    }

    private async Task StartPaintingsAsync(
        List<LinkRequest> requests, Dictionary<Guid, Image> images, Dictionary<Guid, int> paletteCounts, CancellationToken cancellation)
    {
        var visitors = requests.Select(request => request.VisitorId).OfType<Guid>().ToArray();
        var imageIds = requests.Select(request => request.ImageId).ToArray();
        var current = visitors.Length == 0 ? [] : await context.VisitorPictures
            .Where(picture => visitors.Contains(picture.VisitorId) && imageIds.Contains(picture.ImageId) && picture.CurrentSet != null)
            .ToDictionaryAsync(picture => (picture.VisitorId, picture.ImageId), picture => picture.CurrentSet!.Value, cancellation);
        var missing = requests
            .Select(request => View.Of(
                new ImageBlobNames(images[request.ImageId].EventId, request.ImageId, images[request.ImageId].ServingRevision!.Value),
                paletteCounts[request.ImageId],
                request.Rendition,
                request.PaletteSet ?? (request.VisitorId is { } visitor
                    ? current.GetValueOrDefault((visitor, request.ImageId))
                    : PaletteSet.None),
                ShowsCurrent(request),
                isReady: false).Missing)
            .OfType<WantedPainting>();
        foreach (var size in missing.GroupBy(painting => painting.Size).OrderBy(size => size.Key))
        {
            await context.StartPaintingsAsync([.. size], size.Key, time, cancellation);
        }
    }
}
