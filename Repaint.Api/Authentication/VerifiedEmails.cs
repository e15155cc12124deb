using System.Security.Claims;
using Repaint.Api.Members;

namespace Repaint.Api.Authentication;

internal static class VerifiedEmails
{
    /// <summary>The one way an address is written here, so that two ways of typing it are the same.</summary>
    public static string Normalise(string email) => email.Trim().ToLowerInvariant();

    /// <summary>The address the authority vouches for, normalised; null when it vouches for none.</summary>
    public static string? VerifiedEmail(this StaffAuthenticationOptions options, ClaimsPrincipal user)
    {
        var vouched = options.EmailVerifiedClaim is not { Length: > 0 } claim
            || user.FindAll(claim).Any(value => value.Value is "1" || value.Value.Equals("true", StringComparison.OrdinalIgnoreCase));
        var email = vouched ? user.FindFirst(options.EmailClaim!)?.Value : null;
        return email is { Length: > 0 and <= EventMember.MaxEmailLength } && email.Contains('@', StringComparison.Ordinal) ? Normalise(email) : null;
    }
}
