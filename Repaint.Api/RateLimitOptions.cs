using System.ComponentModel.DataAnnotations;

namespace Repaint.Api;

/// <summary>Section <c>RateLimits</c>: what one address may do without a token.</summary>
internal sealed class RateLimitOptions
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
}
