using Microsoft.AspNetCore.Http.HttpResults;
using QRCoder;

namespace Repaint.Api.QrCodes;

/// <summary>QR codes as SVG: sharp at any size, on a poster as on a screen.</summary>
internal static class QrSvg
{
    public const string ContentType = "image/svg+xml";

    private const int ModuleSize = 10;

    public static ContentHttpResult Result(string payload) => TypedResults.Content(Draw(payload), ContentType);

    /// <summary>Error correction M: a printed code survives creases and glare. The quiet zone is part of the picture.</summary>
    public static string Draw(string payload)
    {
        using var data = QRCodeGenerator.GenerateQrCode(payload, QRCodeGenerator.ECCLevel.M);
        using var code = new SvgQRCode(data);
        return code.GetGraphic(ModuleSize, "#000000", "#ffffff", drawQuietZones: true, SvgQRCode.SizingMode.ViewBoxAttribute);
    }
}
