using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using Repaint.LocalIdentity.SignIn;

namespace Repaint.LocalIdentity.Trust;

/// <summary>Helps a phone trust the certificate authority of this machine: a page, and the certificate in the forms phones take.</summary>
internal static class TrustEndpoints
{
    public const string Path = "/trust";
    private const string CertificatePath = Path + "/repaint.crt";
    private const string ProfilePath = Path + "/repaint.mobileconfig";

    public static void MapTrust(this WebApplication app)
    {
        if (app.Services.GetRequiredService<IOptions<LocalIdentityOptions>>().Value.TrustCertificate is not { } file)
        {
            return;
        }

        using var certificate = X509CertificateLoader.LoadCertificateFromFile(file);
        var der = certificate.RawData;
        var page = Page(der);
        var profile = AppleProfile.Write(der, certificate.Subject);
        app.MapGet(Path, () => TypedResults.Content(page, "text/html; charset=utf-8"));
        app.MapGet(CertificatePath, () => Download(der, "application/x-x509-ca-cert", "repaint.crt"));
        app.MapGet(ProfilePath, () => Download(profile, "application/x-apple-aspen-config", "repaint.mobileconfig"));
    }

    private static FileContentHttpResult Download(byte[] content, string type, string name) => TypedResults.Bytes(content, type, name);

    private static string Page(byte[] der)
    {
        using var reader = new StreamReader(typeof(TrustEndpoints).Assembly.GetManifestResourceStream("trust.html")!);
        return reader.ReadToEnd()
            .Replace("{style}", SignInEndpoints.StylePath, StringComparison.Ordinal)
            .Replace("{certificate}", CertificatePath, StringComparison.Ordinal)
            .Replace("{profile}", ProfilePath, StringComparison.Ordinal)
            .Replace("{fingerprint}", string.Join(' ', SHA256.HashData(der).Select(part => part.ToString("X2"))), StringComparison.Ordinal);
    }
}
