using System.Security.Claims;
using Microsoft.EntityFrameworkCore;
using Repaint.Api.Persistence;
using Repaint.Contracts.Http;
using Repaint.ServiceDefaults.Problems;

namespace Repaint.Api.Members;

/// <summary>Endpoint metadata: the route names an event, and only its members (in this role, if one is named) may call.</summary>
internal sealed record RequiresMembership(string? Role = null);

/// <summary>
/// Refuses those who are not members of the event in the route. Middleware rather than an endpoint filter, because it
/// runs before a body is read: an outsider learns nothing and sends nothing.
/// </summary>
internal sealed class MembershipMiddleware(RequestDelegate next, IDbContextFactory<RepaintDbContext> contexts)
{
    public const string RouteValue = "eventId";

    public async Task InvokeAsync(HttpContext context)
    {
        var required = context.GetEndpoint()?.Metadata.GetOrderedMetadata<RequiresMembership>();
        if (required is not { Count: > 0 })
        {
            await next(context);
            return;
        }

        var member = await FindAsync(context);
        if (member is null)
        {
            await Refuse(StatusCodes.Status404NotFound, ErrorCodes.NotFound, "There is no such event, or you are not a member of it.");
        }
        else if (required.Any(requirement => requirement.Role is { } role && role != member.Role))
        {
            await Refuse(StatusCodes.Status403Forbidden, ErrorCodes.Forbidden, "Only an owner of the event may do this.");
        }
        else
        {
            context.Features.Set(member);
            await next(context);
        }

        Task Refuse(int status, string code, string detail) => Problem.Of(status, code, detail).ExecuteAsync(context);
    }

    private async Task<StaffMember?> FindAsync(HttpContext context)
    {
        if (!Guid.TryParse(context.GetRouteValue(RouteValue) as string, out var eventId))
        {
            return null;
        }

        var subject = context.User.Subject();
        await using var database = await contexts.CreateDbContextAsync(context.RequestAborted);
        return await database.Members
            .Where(member => member.EventId == eventId && member.Subject == subject)
            .Select(member => new StaffMember(member.EventId, member.Subject, member.Role))
            .FirstOrDefaultAsync(context.RequestAborted);
    }
}

internal static class MembershipExtensions
{
    /// <summary>The token's subject; a token without one does not get past authentication.</summary>
    public static string Subject(this ClaimsPrincipal user) =>
        user.FindFirstValue("sub") ?? throw new InvalidOperationException("The caller has not been authenticated.");

    public static TBuilder RequireMember<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(new RequiresMembership());

    public static TBuilder RequireOwner<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(new RequiresMembership(EventRoles.Owner));
}
