using System.ComponentModel.DataAnnotations;

namespace Repaint.Api;

/// <summary>Settings at the root of the configuration.</summary>
internal sealed class ApiOptions
{
    /// <summary>The API's own origin, as browsers reach it; QR codes carry it.</summary>
    [Required, Url]
    public string PublicOrigin { get; set; } = "";

    /// <summary>Where staff look at a trace, with <c>{traceId}</c> in its id's place, such as a dashboard's; empty for nowhere.</summary>
    [RegularExpression(@"https?://.*\{traceId\}.*")]
    public string? TraceUrl { get; set; }

    /// <summary>Whether the readable reference is served at <c>/docs</c> outside Development too.</summary>
    public bool ServeReference { get; set; }
}
