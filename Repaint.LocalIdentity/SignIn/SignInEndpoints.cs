namespace Repaint.LocalIdentity.SignIn;

/// <summary>The sign-in page, its style sheet, and the page for those who came without a purpose.</summary>
internal static class SignInEndpoints
{
    public const string Path = "/sign-in";
    public const string SignedInPath = "/";
    public const string StylePath = "/sign-in.css";

    public static void MapSignIn(this WebApplication app)
    {
        app.MapRazorPages();
        app.MapGet(SignedInPath, (HttpContext context) => context.User.Identity?.IsAuthenticated == true
            ? Results.Text(SignInWords.For(uiLocales: null, context.Request.GetTypedHeaders().AcceptLanguage).SignedIn, "text/plain; charset=utf-8")
            : Results.LocalRedirect(Path));
        // Embedded, as the folder this service is started from does not matter then.
        app.MapGet(StylePath, () => Results.Stream(
            typeof(SignInEndpoints).Assembly.GetManifestResourceStream("sign-in.css")!, "text/css; charset=utf-8"));
    }
}
