using Microsoft.Extensions.Options;

namespace Repaint.LocalIdentity;

internal static class SecurityHeaders
{
    /// <summary>No script at all; the form may be sent here alone, and from here on to the console.</summary>
    public static IApplicationBuilder UseSecurityHeaders(this WebApplication app)
    {
        var options = app.Services.GetRequiredService<IOptions<LocalIdentityOptions>>().Value;
        // Browsers apply form-action to the redirects that follow the form, too.
        var policy = "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'; "
            + $"form-action 'self' {string.Join(' ', options.ConsoleOrigins)}";
        return app.Use((context, next) =>
        {
            var headers = context.Response.Headers;
            headers.ContentSecurityPolicy = policy;
            headers.XContentTypeOptions = "nosniff";
            headers["Referrer-Policy"] = "no-referrer";
            return next(context);
        });
    }
}
