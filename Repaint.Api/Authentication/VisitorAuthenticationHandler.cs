using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace Repaint.Api.Authentication;

internal sealed class VisitorAuthenticationOptions : AuthenticationSchemeOptions;

/// <summary>
/// Accepts the opaque token a visitor got when joining. Looked up on every request and cached nowhere:
/// an erased visitor, or a token replaced by recovery, is refused at once.
/// </summary>
internal sealed class VisitorAuthenticationHandler(
    IOptionsMonitor<VisitorAuthenticationOptions> options,
    ILoggerFactory logger,
    UrlEncoder encoder,
    VisitorLookup visitors)
    : AuthenticationHandler<VisitorAuthenticationOptions>(options, logger, encoder)
{
    private const string Prefix = "Bearer ";

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var header = Request.Headers.Authorization.ToString();
        if (!header.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
        {
            return AuthenticateResult.NoResult();
        }

        if (OpaqueToken.Hash(header[Prefix.Length..].Trim()) is not { } hash)
        {
            return AuthenticateResult.Fail("Not a visitor's token.");
        }

        if (await visitors.FindAsync(hash, Context.RequestAborted) is not { } visitor)
        {
            return AuthenticateResult.Fail("Unknown token.");
        }

        Context.Features.Set(visitor);
        var identity = new ClaimsIdentity([new Claim("sub", visitor.VisitorId.ToString())], Scheme.Name);
        return AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), Scheme.Name));
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.Headers.WWWAuthenticate = "Bearer";
        return base.HandleChallengeAsync(properties);
    }
}
