using System.ComponentModel.DataAnnotations;

namespace Repaint.Api;

/// <summary>Settings at the root of the configuration.</summary>
internal sealed class ApiOptions
{
    /// <summary>The API's own origin, as browsers reach it; QR codes carry it.</summary>
    [Required, Url]
    public string PublicOrigin { get; set; } = "";

    /// <summary>Whether the readable reference is served at <c>/docs</c> outside Development too.</summary>
    public bool ServeReference { get; set; }
}
