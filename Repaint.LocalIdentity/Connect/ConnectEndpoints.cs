using System.Security.Claims;
using Microsoft.AspNetCore;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http.HttpResults;
using OpenIddict.Abstractions;
using OpenIddict.Server.AspNetCore;
using Repaint.LocalIdentity.SignIn;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace Repaint.LocalIdentity.Connect;

/// <summary>
/// The steps of the protocol that need to know our accounts. OpenIddict has checked client, redirect URI, PKCE, codes and
/// refresh tokens before it passes a request on to these.
/// </summary>
internal static class ConnectEndpoints
{
    private const string Server = OpenIddictServerAspNetCoreDefaults.AuthenticationScheme;
    private const string Cookie = CookieAuthenticationDefaults.AuthenticationScheme;

    public static void MapConnect(this WebApplication app)
    {
        app.MapMethods("/connect/authorize", [HttpMethods.Get, HttpMethods.Post], Authorize);
        app.MapPost("/connect/token", Exchange);
        app.MapMethods("/connect/logout", [HttpMethods.Get, HttpMethods.Post], (Delegate)SignOut);
    }

    private static async Task<Results<ChallengeHttpResult, SignInHttpResult, ForbidHttpResult>> Authorize(
        HttpContext context, AccountDirectory accounts, TokenPrincipals principals, TimeProvider time)
    {
        var request = context.GetOpenIddictServerRequest()!;
        var session = await context.AuthenticateAsync(Cookie);
        var account = accounts.TryFind(session.Principal?.FindFirstValue(Claims.Subject), out var found) ? found : null;
        if (account is not null && !request.HasPromptValue(PromptValues.Login) && !IsTooOld(request, session.Principal!, time))
        {
            return TypedResults.SignIn(principals.ForPerson(account, request.GetScopes()), authenticationScheme: Server);
        }

        if (request.HasPromptValue(PromptValues.None))
        {
            return Refuse(Errors.LoginRequired, "Nobody is signed in.");
        }

        await context.SignOutAsync(Cookie);
        return TypedResults.Challenge(new AuthenticationProperties { RedirectUri = WithoutPrompt(context.Request) }, [Cookie]);
    }

    private static async Task<Results<SignInHttpResult, ForbidHttpResult>> Exchange(
        HttpContext context, AccountDirectory accounts, TokenPrincipals principals)
    {
        var request = context.GetOpenIddictServerRequest()!;
        if (request.IsClientCredentialsGrantType())
        {
            return TypedResults.SignIn(principals.ForScript(request.ClientId!, request.GetScopes()), authenticationScheme: Server);
        }

        // A code or a refresh token. The account may have gone from the configuration, or have other roles, since.
        var granted = (await context.AuthenticateAsync(Server)).Principal!;
        return accounts.TryFind(granted.GetClaim(Claims.Subject), out var account)
            ? TypedResults.SignIn(principals.ForPerson(account, granted.GetScopes()), authenticationScheme: Server)
            : Refuse(Errors.InvalidGrant, "The account does not exist any more.");
    }

    private static async Task<SignOutHttpResult> SignOut(HttpContext context)
    {
        await context.SignOutAsync(Cookie);
        return TypedResults.SignOut(new AuthenticationProperties { RedirectUri = SignInEndpoints.Path }, [Server]);
    }

    private static bool IsTooOld(OpenIddictRequest request, ClaimsPrincipal session, TimeProvider time) =>
        request.MaxAge is { } maxAge
        && (!long.TryParse(session.FindFirstValue(Claims.AuthenticationTime), out var signedInAt)
            || time.GetUtcNow().ToUnixTimeSeconds() - signedInAt > maxAge);

    private static ForbidHttpResult Refuse(string error, string description) => TypedResults.Forbid(
        new AuthenticationProperties(new Dictionary<string, string?>
        {
            [OpenIddictServerAspNetCoreConstants.Properties.Error] = error,
            [OpenIddictServerAspNetCoreConstants.Properties.ErrorDescription] = description,
        }),
        [Server]);

    /// <summary>Back to here after signing in, which answers <c>prompt=login</c>; left in, it would ask for ever.</summary>
    private static string WithoutPrompt(HttpRequest request)
    {
        var parameters = request.HasFormContentType ? request.Form.ToList() : request.Query.ToList();
        return request.PathBase + request.Path
            + QueryString.Create(parameters.Where(parameter => parameter.Key is not (Parameters.Prompt or Parameters.MaxAge)));
    }
}
