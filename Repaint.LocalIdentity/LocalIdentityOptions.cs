using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Repaint.LocalIdentity;

/// <summary>Section <c>Identity</c>.</summary>
internal sealed class LocalIdentityOptions
{
    public const string Section = "Identity";

    /// <summary>Issuer of the tokens: where browsers and the API reach this service.</summary>
    [Required]
    public Uri? Issuer { get; init; }

    /// <summary>Folder of keys and database; made, for the owner only, if it does not exist.</summary>
    [Required]
    public string DataDirectory { get; init; } = "";

    /// <summary>PEM file of the authority that phones have to trust; offered to them at <c>/trust</c>. Default: none is needed.</summary>
    public string? TrustCertificate { get; init; }

    /// <summary>Audience of the access tokens. Default: <c>repaint-api</c>.</summary>
    [Required]
    public string Audience { get; init; } = "repaint-api";

    /// <summary>The console's public client. Default: <c>repaint-console</c>.</summary>
    [Required]
    public string ConsoleClientId { get; init; } = "repaint-console";

    /// <summary>Where the console may be sent back to, after signing in and after signing out.</summary>
    public Uri[] ConsoleRedirectUris { get; init; } = [];

    /// <summary>The origins of <see cref="ConsoleRedirectUris"/>, whose scripts fetch tokens here.</summary>
    public IEnumerable<string> ConsoleOrigins => ConsoleRedirectUris.Select(uri => uri.GetLeftPart(UriPartial.Authority)).Distinct();

    /// <summary>Confidential client for scripts; none when null.</summary>
    public string? ScriptClientId { get; init; }

    /// <summary>Its secret, at least 32 characters.</summary>
    [MinLength(32)]
    public string? ScriptClientSecret { get; init; }

    /// <summary>
    /// User name of the account for which scripts act: their tokens carry its subject and roles, so that both see the same
    /// events. Default: none; scripts are themselves then.
    /// </summary>
    public string? ScriptAccount { get; init; }

    /// <summary>Roles of scripts that act for no account. Default: the one that may create events.</summary>
    public string[] ScriptClientRoles { get; init; } = ["event-creator"];

    /// <summary>Who may sign in.</summary>
    [ValidateEnumeratedItems]
    public Account[] Accounts { get; init; } = [];

    /// <summary>Lifetime of access tokens: 1 minute to 1 day. Default: 15 minutes.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "1.00:00:00")]
    public TimeSpan AccessTokenLifetime { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>How long one stays signed in without coming back: 1 hour to 14 days. Default: 12 hours, a day at a festival.</summary>
    [Range(typeof(TimeSpan), "01:00:00", "14.00:00:00")]
    public TimeSpan SessionLifetime { get; init; } = TimeSpan.FromHours(12);
}

/// <summary>A member of staff.</summary>
internal sealed class Account : IValidatableObject
{
    /// <summary>Name to sign in with; upper and lower case are the same. The subject of the tokens, so it never changes hands.</summary>
    [Required, StringLength(64, MinimumLength = 1)]
    public string UserName { get; init; } = "";

    /// <summary>Counts as verified: whoever runs this service wrote it into the configuration.</summary>
    [Required, EmailAddress]
    public string Email { get; init; } = "";

    /// <summary>Made by ASP.NET Core Identity's password hasher (PBKDF2).</summary>
    public string? PasswordHash { get; init; }

    /// <summary>Instead of the hash, from an orchestrator that keeps secrets itself; at least 12 characters.</summary>
    [MinLength(12)]
    public string? Password { get; init; }

    /// <summary>Values of the <c>role</c> claim.</summary>
    public string[] Roles { get; init; } = [];

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (string.IsNullOrEmpty(PasswordHash) == string.IsNullOrEmpty(Password))
        {
            yield return new ValidationResult("An account has either a password's hash or a password.", [nameof(PasswordHash)]);
        }
    }
}

[OptionsValidator]
internal sealed partial class LocalIdentityOptionsValidator : IValidateOptions<LocalIdentityOptions>;
