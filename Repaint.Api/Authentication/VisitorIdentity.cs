namespace Repaint.Api.Authentication;

/// <summary>The visitor who calls, as read when the request was authenticated. Handlers take it as a parameter.</summary>
internal sealed record VisitorIdentity(Guid VisitorId, Guid EventId, long Version, byte[] TokenHash)
{
    public static ValueTask<VisitorIdentity?> BindAsync(HttpContext context) => ValueTask.FromResult(context.Features.Get<VisitorIdentity>());
}
