using System.ComponentModel.DataAnnotations;

namespace Repaint.Api;

/// <summary>Section <c>RateLimits</c>: what one address may do without a token.</summary>
internal sealed class RateLimitOptions : IValidatableObject
{
    public const string Section = "RateLimits";

    /// <summary>Looks at an event before joining.</summary>
    [Range(1, 1_000_000)]
    public int LooksPerMinute { get; set; } = 1200;

    /// <summary>Visitors who join. A school class at the gate is one address.</summary>
    [Range(1, 1_000_000)]
    public int JoinsPerMinute { get; set; } = 600;

    /// <summary>Recovery codes tried, right or wrong.</summary>
    [Range(1, 1_000_000)]
    public int RecoveriesPerMinute { get; set; } = 30;

    /// <summary>
    /// Networks (CIDR) of the proxies in front, whose X-Forwarded-For says who asks. Default: none, and the header counts
    /// for nothing. Behind an ingress that is not named here all visitors share its address, and its limits.
    /// </summary>
    public IReadOnlyList<string> TrustedProxies { get; init; } = [];

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (TrustedProxies.Any(network => !System.Net.IPNetwork.TryParse(network, out _)))
        {
            yield return new ValidationResult("A proxy is given as a network, such as 10.0.0.0/8.", [nameof(TrustedProxies)]);
        }
    }
}
