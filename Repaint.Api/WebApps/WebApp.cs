namespace Repaint.Api.WebApps;

/// <summary>A web app that this service delivers, and what its pages may do in a browser.</summary>
/// <param name="Path">Where it lives; the longest match decides.</param>
/// <param name="ContentSecurityPolicy">The value of the header of this name.</param>
/// <param name="PermissionsPolicy">Likewise.</param>
/// <param name="OpenerPolicy">Likewise, of Cross-Origin-Opener-Policy.</param>
internal sealed record WebApp(PathString Path, string ContentSecurityPolicy, string PermissionsPolicy, string OpenerPolicy = "same-origin")
{
    /// <summary>
    /// The visitor app, at the root. Pictures come by fetch and are shown as blobs: no picture address works in an img element.
    /// WebAssembly is for the decoder of QR codes; the one trusted type is for the address of the service worker.
    /// </summary>
    public static WebApp Visitor(string gatewayOrigin) => new(
        "",
        Policy(
            "default-src 'none'",
            "script-src 'self' 'wasm-unsafe-eval'",
            "style-src 'self'",
            "img-src 'self' blob:",
            "media-src 'self' blob:",
            $"connect-src 'self' {gatewayOrigin}",
            "manifest-src 'self'",
            "worker-src 'self'",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types repaint-service-worker"),
        Permissions("camera", "fullscreen", "screen-wake-lock"));

    /// <summary>
    /// The staff console. WebAssembly is its runtime; its components position menus and draw themes with inline styles
    /// (docs/decisions/0010). It signs in at the authority, in a window of its own when a session has ended.
    /// </summary>
    public static WebApp Console(string gatewayOrigin, string authorityOrigin) => new(
        ConsoleApp.Path,
        Policy(
            "default-src 'none'",
            "script-src 'self' 'wasm-unsafe-eval'",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' blob:",
            "media-src 'self' blob:",
            $"connect-src 'self' {gatewayOrigin} {authorityOrigin}",
            "manifest-src 'self'",
            "worker-src 'self'",
            "base-uri 'self'",
            "form-action 'none'",
            "frame-ancestors 'none'"),
        Permissions("camera", "fullscreen", "screen-wake-lock", "web-share"),
        OpenerPolicy: "same-origin-allow-popups");

    /// <summary>Joins the directives of a Content-Security-Policy.</summary>
    public static string Policy(params string[] directives) => string.Join("; ", directives);

    /// <summary>Allows these features to the app's own pages and every other to nobody.</summary>
    public static string Permissions(params string[] allowed)
    {
        string[] known =
        [
            "accelerometer", "autoplay", "browsing-topics", "camera", "clipboard-read", "display-capture", "fullscreen",
            "geolocation", "gyroscope", "hid", "magnetometer", "microphone", "midi", "payment", "picture-in-picture",
            "publickey-credentials-get", "screen-wake-lock", "serial", "usb", "xr-spatial-tracking",
        ];
        return string.Join(", ", known.Select(feature => $"{feature}=({(allowed.Contains(feature) ? "self" : "")})"));
    }
}
