using System.ComponentModel.DataAnnotations;

namespace Repaint.Api.Gateway;

/// <summary>Section <c>Gateway</c>: how the API reaches the image gateway, and where visitors do.</summary>
internal sealed class GatewayOptions
{
    public const string Section = "Gateway";

    /// <summary>Origin of one-time URLs, as browsers reach it.</summary>
    [Required, Url]
    public string PublicOrigin { get; set; } = "";

    /// <summary>The current key of the internal listener; never logged.</summary>
    [Required, MinLength(32)]
    public string Key { get; set; } = "";
}
