using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.WebUtilities;
using OpenIddict.Abstractions;

namespace Repaint.LocalIdentity.SignIn;

/// <summary>Name and password; then on to where the person came from. Razor Pages check the antiforgery token.</summary>
[ResponseCache(NoStore = true)]
internal sealed partial class SignInPage(
    AccountDirectory accounts, SignInThrottle throttle, TimeProvider time, ILogger<SignInPage> logger) : PageModel
{
    [BindProperty(SupportsGet = true)]
    public string? ReturnUrl { get; set; }

    // An empty field of a form is bound as null.
    [BindProperty]
    public string? UserName { get; set; }

    [BindProperty]
    public string? Password { get; set; }

    public string? Error { get; private set; }

    public SignInWords Words => SignInWords.For(UiLocales, Request.GetTypedHeaders().AcceptLanguage);

    // Of the request that the person comes from, and will go on with.
    private string? UiLocales => ReturnUrl?.IndexOf('?', StringComparison.Ordinal) is { } query and >= 0
        ? (string?)QueryHelpers.ParseQuery(ReturnUrl[query..]).GetValueOrDefault(OpenIddictConstants.Parameters.UiLocales)
        : null;

    public async Task<IActionResult> OnPostAsync()
    {
        using var attempt = await throttle.BeginAsync(UserName ?? "", HttpContext.Connection.RemoteIpAddress, HttpContext.RequestAborted);
        if (attempt is null)
        {
            Log.Throttled(logger);
            return Refuse(StatusCodes.Status429TooManyRequests, Words.TooManyTries);
        }

        if (accounts.Verify(UserName ?? "", Password ?? "") is not { } account)
        {
            attempt.WasWrong();
            Log.Refused(logger);
            return Refuse(StatusCodes.Status401Unauthorized, Words.WrongPassword);
        }

        await HttpContext.SignInAsync(CookieAuthenticationDefaults.AuthenticationScheme, Principal(account));
        // Anywhere else than into this service would make it an open redirector.
        return LocalRedirect(Url.IsLocalUrl(ReturnUrl) ? ReturnUrl : SignInEndpoints.SignedInPath);
    }

    private ClaimsPrincipal Principal(Account account) => new(new ClaimsIdentity(
        [
            new(OpenIddictConstants.Claims.Subject, account.UserName),
            new(OpenIddictConstants.Claims.AuthenticationTime, time.GetUtcNow().ToUnixTimeSeconds().ToString()),
        ],
        CookieAuthenticationDefaults.AuthenticationScheme));

    private PageResult Refuse(int status, string error)
    {
        Error = error;
        var page = Page();
        page.StatusCode = status;
        return page;
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "A sign-in was refused: wrong name or password.")]
        public static partial void Refused(ILogger logger);

        [LoggerMessage(Level = LogLevel.Warning, Message = "A sign-in was refused: too many tries.")]
        public static partial void Throttled(ILogger logger);
    }
}
