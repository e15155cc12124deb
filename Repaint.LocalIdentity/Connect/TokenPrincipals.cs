using System.Collections.Immutable;
using System.Security.Claims;
using Microsoft.Extensions.Options;
using OpenIddict.Abstractions;
using Repaint.LocalIdentity.SignIn;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace Repaint.LocalIdentity.Connect;

/// <summary>What the tokens say about whom.</summary>
internal sealed class TokenPrincipals(AccountDirectory accounts, IOptions<LocalIdentityOptions> options)
{
    private const string AuthenticationType = "Repaint.LocalIdentity";

    public ClaimsPrincipal ForPerson(Account account, ImmutableArray<string> scopes)
    {
        var identity = NewIdentity()
            .SetClaim(Claims.Subject, account.UserName)
            .SetClaim(Claims.Name, account.UserName)
            .SetClaim(Claims.PreferredUsername, account.UserName)
            .SetClaim(Claims.Email, account.Email)
            .SetClaim(Claims.EmailVerified, true)
            .SetClaims(Claims.Role, [.. account.Roles]);
        return Complete(identity, scopes);
    }

    public ClaimsPrincipal ForScript(string clientId, ImmutableArray<string> scopes)
    {
        var account = accounts.TryFind(options.Value.ScriptAccount, out var found) ? found : null;
        var identity = NewIdentity()
            .SetClaim(Claims.Subject, account?.UserName ?? clientId)
            .SetClaims(Claims.Role, [.. account?.Roles ?? options.Value.ScriptClientRoles]);
        return Complete(identity, scopes);
    }

    private static ClaimsIdentity NewIdentity() => new(AuthenticationType, Claims.Name, Claims.Role);

    private ClaimsPrincipal Complete(ClaimsIdentity identity, ImmutableArray<string> scopes)
    {
        identity.SetScopes(scopes);
        identity.SetResources(options.Value.Audience);
        // The API decides by subject, role and e-mail; what a person is called is for the console's eyes only.
        identity.SetDestinations(claim => claim.Type is Claims.Name or Claims.PreferredUsername
            ? [Destinations.IdentityToken]
            : [Destinations.AccessToken, Destinations.IdentityToken]);
        return new ClaimsPrincipal(identity);
    }
}
