using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using Repaint.Api.Gateway;
using Repaint.Contracts.Http;
using Repaint.ServiceDefaults.Problems;

namespace Repaint.Api.OneTimeUrls;

/// <summary>Has the gateway mint a link and makes an address of its token.</summary>
internal sealed class OneTimeUrlMinter(GatewayClient gateway, IOptions<GatewayOptions> options)
{
    private static readonly TimeSpan NotReadyRetryAfter = TimeSpan.FromSeconds(2);

    public async Task<Results<Created<OneTimeUrl>, ProblemHttpResult>> MintAsync(
        HttpContext context, LinkRequest request, long version, CancellationToken cancellation)
    {
        var link = (await gateway.MintAsync([request], cancellation))[0];
        if (link is { Version: { } segment, ExpiresAt: { } until })
        {
            var url = new Uri($"{options.Value.PublicOrigin.TrimEnd('/')}{GatewayRoutes.PublicImages}/{request.ImageId}/{segment}");
            return TypedResults.Created((string?)null, new OneTimeUrl(url, until, version));
        }

        if (link is { Token: { } token, ExpiresAt: { } expiresAt })
        {
            return TypedResults.Created((string?)null, new OneTimeUrl(Address(request.ImageId, token), expiresAt, version));
        }

        return link.Code switch
        {
            ErrorCodes.NotFound => Refuse(StatusCodes.Status404NotFound, ErrorCodes.NotFound),
            ErrorCodes.InvalidRequest => Problem.Of(
                StatusCodes.Status400BadRequest, ErrorCodes.InvalidRequest, "The image has no such rendition or palettes."),
            ErrorCodes.WrongState => Refuse(StatusCodes.Status409Conflict, ErrorCodes.WrongState),
            _ => Problem.Of(context, StatusCodes.Status409Conflict, ErrorCodes.NotReady,
                GatewayExceptionHandler.Detail(ErrorCodes.NotReady), NotReadyRetryAfter),
        };
    }

    /// <summary>At most as many as the gateway mints at once; by image.</summary>
    public async Task<IReadOnlyDictionary<Guid, Thumbnail>> MintThumbnailsAsync(IReadOnlyList<LinkRequest> requests, CancellationToken cancellation)
    {
        var links = requests.Count == 0 ? [] : await gateway.MintAsync(requests, cancellation);
        return requests.Zip(links).ToDictionary(pair => pair.First.ImageId, pair => new Thumbnail(
            pair.First.ImageId,
            pair.Second.Token is { } token ? Address(pair.First.ImageId, token) : null,
            pair.Second.Token is null ? null : pair.Second.ExpiresAt,
            pair.Second.Token is null ? pair.Second.Code ?? ErrorCodes.NotReady : null));
    }

    private Uri Address(Guid imageId, string token) =>
        new($"{options.Value.PublicOrigin.TrimEnd('/')}{GatewayRoutes.PublicImages}/{imageId}?token={token}");

    private static ProblemHttpResult Refuse(int status, string code) => Problem.Of(status, code, GatewayExceptionHandler.Detail(code));
}
