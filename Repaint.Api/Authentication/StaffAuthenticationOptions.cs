using System.ComponentModel.DataAnnotations;

namespace Repaint.Api.Authentication;

/// <summary>Section <c>Authentication</c>: whose access tokens staff may bring.</summary>
internal sealed class StaffAuthenticationOptions
{
    public const string Section = "Authentication";

    /// <summary>OpenID Connect issuer.</summary>
    [Required, Url]
    public string Authority { get; set; } = "";

    /// <summary>What tokens must have been issued for.</summary>
    [Required]
    public string Audience { get; set; } = "repaint-api";

    /// <summary>The console's public client.</summary>
    [Required]
    public string ClientId { get; set; } = "repaint-console";

    /// <summary>Scopes the console asks for.</summary>
    [Required]
    public string Scope { get; set; } = "openid profile email roles offline_access repaint-api";

    /// <summary>The claim that carries roles.</summary>
    [Required]
    public string RoleClaim { get; set; } = "role";

    /// <summary>The role that may create events.</summary>
    [Required]
    public string EventCreatorRole { get; set; } = "event-creator";

    /// <summary>Whether the issuer must be reached over HTTPS; false only on loopback.</summary>
    public bool RequireHttpsMetadata { get; set; } = true;
}
