using System.ComponentModel.DataAnnotations;

namespace Repaint.Api;

/// <summary>Settings at the root of the configuration.</summary>
internal sealed class ApiOptions
{
    /// <summary>The API's own origin, as browsers reach it; QR codes carry it.</summary>
    [Required, Url]
    public string PublicOrigin { get; set; } = "";
}
