using Microsoft.Extensions.Options;
using Repaint.Api.Authentication;
using Repaint.Api.Gateway;

namespace Repaint.Api.WebApps;

/// <summary>Delivers the web apps: static files, precompressed, under strict policies.</summary>
internal static class WebAppExtensions
{
    // What is not an app's. The reference at /docs brings inline scripts of its own, and is for development.
    private static readonly PathString[] NoApp = ["/api", "/openapi", "/docs", "/health", "/alive"];

    /// <summary>A build that was not published finds the apps' files where their projects are.</summary>
    public static void AddWebApps(this WebApplicationBuilder builder)
    {
        builder.WebHost.UseStaticWebAssets();
        // Otherwise such a build would watch for edits, and pack every file anew without compressing it.
        builder.Configuration["ReloadStaticAssetsAtRuntime"] = "false";
    }

    /// <summary>Before routing: headers, and <c>/</c> is its index page.</summary>
    public static void UseWebApps(this WebApplication app)
    {
        var gatewayOrigin = new Uri(app.Services.GetRequiredService<IOptions<GatewayOptions>>().Value.PublicOrigin)
            .GetLeftPart(UriPartial.Authority);
        var authorityOrigin = new Uri(app.Services.GetRequiredService<IOptions<StaffAuthenticationOptions>>().Value.Authority)
            .GetLeftPart(UriPartial.Authority);
        WebApp[] apps = [WebApp.Visitor(gatewayOrigin), WebApp.Console(gatewayOrigin, authorityOrigin)];
        app.Use((context, next) =>
        {
            SetHeaders(context, apps);
            return next(context);
        });
        app.UseDefaultFiles();
        app.UseRouting();
    }

    public static void MapWebApps(this WebApplication app)
    {
        app.MapStaticAssets().AllowAnonymous();
        ConsoleApp.Load().Map(app);
    }

    private static void SetHeaders(HttpContext context, WebApp[] apps)
    {
        var headers = context.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        var path = context.Request.Path;
        if (NoApp.Any(prefix => path.StartsWithSegments(prefix)))
        {
            return;
        }

        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        var owner = apps.Where(candidate => path.StartsWithSegments(candidate.Path)).MaxBy(candidate => candidate.Path.Value!.Length)!;
        context.Response.OnStarting(() =>
        {
            // Pages alone obey these; on every file they would outweigh the smaller ones.
            if (context.Response.ContentType?.StartsWith("text/html", StringComparison.OrdinalIgnoreCase) is true)
            {
                headers.ContentSecurityPolicy = owner.ContentSecurityPolicy;
                headers["Permissions-Policy"] = owner.PermissionsPolicy;
                headers["Cross-Origin-Opener-Policy"] = owner.OpenerPolicy;
                headers.XFrameOptions = "DENY";
            }

            return Task.CompletedTask;
        });
    }
}
