using System.ComponentModel.DataAnnotations;

namespace Repaint.Api.Authentication;

/// <summary>Kinds of authorities, which differ in what their tokens look like.</summary>
internal enum StaffProvider
{
    /// <summary>Any OpenID Connect authority that issues JWT access tokens, such as Auth0 or the local one.</summary>
    Oidc,

    /// <summary>Microsoft Entra ID, one tenant.</summary>
    Entra,
}

/// <summary>Section <c>Authentication</c>: whose access tokens staff may bring, and which of their claims count.</summary>
internal sealed class StaffAuthenticationOptions : IValidatableObject
{
    public const string Section = "Authentication";

    public StaffProvider Provider { get; set; } = StaffProvider.Oidc;

    /// <summary>OpenID Connect issuer. For Entra: <c>https://login.microsoftonline.com/{tenant id}/v2.0</c>.</summary>
    [Required, Url]
    public string Authority { get; set; } = "";

    /// <summary>Where the issuer's discovery document is fetched, when that is not below <see cref="Authority"/>.</summary>
    [Url]
    public string? MetadataAddress { get; set; }

    /// <summary>What tokens must have been issued for. For Entra: the application id of the API's registration.</summary>
    [Required]
    public string Audience { get; set; } = "repaint-api";

    /// <summary>The console's public client.</summary>
    [Required]
    public string ClientId { get; set; } = "repaint-console";

    /// <summary>Scopes the console asks for.</summary>
    [Required]
    public string Scope { get; set; } = "openid profile email roles offline_access repaint-api";

    /// <summary>The claim that carries roles. Default: <c>role</c>; for Entra <c>roles</c>. Auth0's permissions are <c>permissions</c>.</summary>
    public string? RoleClaim { get; set; }

    /// <summary>The value of that claim that may create events.</summary>
    [Required]
    public string EventCreatorRole { get; set; } = "event-creator";

    /// <summary>The claim that carries an e-mail address. Default: <c>email</c>.</summary>
    public string? EmailClaim { get; set; }

    /// <summary>
    /// The claim that must be true for the address to count as verified. Default: <c>email_verified</c>; for Entra
    /// <c>xms_edov</c>. Empty: the address counts by itself, as that of <c>verified_primary_email</c>.
    /// </summary>
    public string? EmailVerifiedClaim { get; set; }

    /// <summary>Whether the issuer must be reached over HTTPS; false only on loopback.</summary>
    public bool RequireHttpsMetadata { get; set; } = true;

    /// <summary>What is not configured is as the provider's tokens have it.</summary>
    public void SetDefaults()
    {
        RoleClaim ??= Provider == StaffProvider.Entra ? "roles" : "role";
        EmailClaim ??= "email";
        EmailVerifiedClaim ??= Provider == StaffProvider.Entra ? "xms_edov" : "email_verified";
    }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Provider == StaffProvider.Entra && EntraTenant.Parse(Authority) is null)
        {
            // "common" and its like would let in every tenant of the world.
            yield return new ValidationResult("For Entra the authority is https://login.microsoftonline.com/{tenant id}/v2.0.", [nameof(Authority)]);
        }
    }
}
