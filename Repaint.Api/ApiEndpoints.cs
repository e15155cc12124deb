using Microsoft.Extensions.Options;
using Repaint.Api.Audit;
using Repaint.Api.Authentication;
using Repaint.Api.Events;
using Repaint.Api.Feed;
using Repaint.Api.Gateway;
using Repaint.Api.Images;
using Repaint.Api.Invitations;
using Repaint.Api.Members;
using Repaint.Api.Notifications;
using Repaint.Api.OneTimeUrls;
using Repaint.Api.OpenApi;
using Repaint.Api.Picks;
using Repaint.Api.Spots;
using Repaint.Api.Statistics;
using Repaint.Api.Updates;
using Repaint.Api.Visitors;
using Repaint.Api.WebApps;
using Repaint.Contracts.Http;

namespace Repaint.Api;

internal static class ApiEndpoints
{
    public static void MapApi(this WebApplication app)
    {
        app.UseMiddleware<ParkingMiddleware>();
        app.UseTrustedProxies();
        app.UseExceptionHandler();
        app.UseStatusCodePages();
        app.UseWebApps();
        app.UseAuthentication();
        app.UseAuthorization();
        app.UseRateLimiter();
        app.UseMiddleware<MembershipMiddleware>();

        app.MapWebApps();
        app.MapOpenApiDocument();
        var api = app.MapGroup("/api");
        api.MapGet("/client-config", GetClientConfig).AllowAnonymous().WithTags("Configuration")
            .WithName("GetClientConfig").WithSummary("What the web apps need to know before they can do anything");
        api.MapJoin();
        api.MapVisitor();
        api.MapStaff();
        // Without it the closed fallback policy would answer 401 for what does not exist.
        app.MapFallback("{**path}", () => TypedResults.NotFound()).AllowAnonymous();
    }

    private static void MapVisitor(this RouteGroupBuilder api)
    {
        var me = api.MapGroup("/visitors/me").RequireAuthorization(Callers.Visitor).WithTags("Visitor");
        me.MapProfile();
        me.MapVisitorOneTimeUrls();
        me.MapUpdates();
        me.MapPicks();
    }

    private static void MapStaff(this RouteGroupBuilder api)
    {
        var staff = api.MapGroup("/staff").RequireAuthorization(Callers.Staff);
        staff.MapStaffEvents();
        staff.MapAcceptInvitation();

        var oneEvent = staff.MapGroup($"/events/{{{MembershipMiddleware.RouteValue}:guid}}").RequireMember();
        oneEvent.MapStaffMembers();
        oneEvent.MapStaffInvitations();
        oneEvent.MapStaffVisitors();
        oneEvent.MapStaffImages();
        oneEvent.MapUploads();
        oneEvent.MapStaffOneTimeUrls();
        oneEvent.MapStaffThumbnails();
        oneEvent.MapStaffFeed();
        oneEvent.MapStaffStatistics();
        oneEvent.MapStaffAudit();
        oneEvent.MapStaffSpots();
    }

    private static ClientConfig GetClientConfig(IOptions<StaffAuthenticationOptions> staff, IOptions<GatewayOptions> gateway) =>
        new(staff.Value.Authority, staff.Value.ClientId, staff.Value.Scope, gateway.Value.PublicOrigin);
}
