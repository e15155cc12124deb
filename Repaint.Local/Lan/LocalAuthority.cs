using System.Formats.Asn1;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Repaint.Local.Lan;

/// <summary>
/// A certificate authority for one host. Its certificate says so (RFC 5280, 4.2.1.10): whoever stole its key could not
/// pretend to a device that trusts it to be anybody else.
/// </summary>
internal sealed class LocalAuthority
{
    private static readonly TimeSpan Backdated = TimeSpan.FromDays(1); // clocks of phones
    private static readonly TimeSpan AuthorityLifetime = TimeSpan.FromDays(730);
    private static readonly TimeSpan CertificateLifetime = TimeSpan.FromDays(200); // Apple refuses more than 825
    private static readonly TimeSpan LeastLeft = TimeSpan.FromDays(30);

    private static readonly Oid ServerAuthentication = new("1.3.6.1.5.5.7.3.1"); // RFC 5280, 4.2.1.12

    private readonly string _folder;
    private readonly string _host;
    private readonly X509Certificate2 _authority;

    private LocalAuthority(string folder, string host, X509Certificate2 authority)
    {
        _folder = folder;
        _host = host;
        _authority = authority;
    }

    public string AuthorityFile => Path.Combine(_folder, "authority.pem");

    public string CertificateFile => Path.Combine(_folder, "certificate.pem");

    public string KeyFile => Path.Combine(_folder, "key.pem");

    public string Fingerprint => string.Join(':', SHA256.HashData(_authority.RawData).Select(part => part.ToString("X2")));

    /// <summary>The authority in <paramref name="folder"/>; a new one, which devices must be told to trust, when it is about to end.</summary>
    public static LocalAuthority LoadOrCreate(string folder, string host, DateTimeOffset now)
    {
        var certificate = Path.Combine(folder, "authority.pem");
        var key = Path.Combine(folder, "authority-key.pem");
        if (File.Exists(certificate) && File.Exists(key))
        {
            var known = X509Certificate2.CreateFromPemFile(certificate, key);
            if (known.NotAfter > (now + CertificateLifetime + LeastLeft).LocalDateTime)
            {
                return new LocalAuthority(folder, host, known);
            }

            known.Dispose();
        }

        using var pair = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN=Re:paint at {host}", pair, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        request.CertificateExtensions.Add(OnlyFor(host));
        var made = request.CreateSelfSigned(now - Backdated, now + AuthorityLifetime);
        SecretFile.Write(key, pair.ExportPkcs8PrivateKeyPem());
        SecretFile.Write(certificate, made.ExportCertificatePem());
        return new LocalAuthority(folder, host, made);
    }

    /// <summary>Issues the host's certificate anew, for every start.</summary>
    public void Issue(DateTimeOffset now)
    {
        using var pair = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        // No common name: an address there would be taken for a host name that the authority is not for.
        var request = new CertificateRequest("O=Re:paint", pair, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([ServerAuthentication], false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(_authority, true, false));
        var names = new SubjectAlternativeNameBuilder();
        // Our own processes reach each other by loopback.
        names.AddIpAddress(IPAddress.Loopback);
        if (IPAddress.TryParse(_host, out var address))
        {
            names.AddIpAddress(address);
        }
        else
        {
            names.AddDnsName(_host);
        }

        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.Create(_authority, now - Backdated, now + CertificateLifetime, RandomNumberGenerator.GetBytes(16));
        SecretFile.Write(KeyFile, pair.ExportPkcs8PrivateKeyPem());
        SecretFile.Write(CertificateFile, certificate.ExportCertificatePem());
    }

    private static X509Extension OnlyFor(string host)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        var isAddress = IPAddress.TryParse(host, out var address);
        using (writer.PushSequence())
        using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 0)))
        {
            Permit(IPAddress.Loopback);
            if (isAddress)
            {
                Permit(address!);
            }

            using (writer.PushSequence())
            {
                // A kind of name that is not constrained would be open.
                writer.WriteCharacterString(
                    UniversalTagNumber.IA5String, isAddress ? "localhost" : host, new Asn1Tag(TagClass.ContextSpecific, 2));
            }
        }

        return new X509Extension("2.5.29.30", writer.Encode(), critical: true);

        void Permit(IPAddress one)
        {
            using (writer.PushSequence())
            {
                writer.WriteOctetString([.. one.GetAddressBytes(), 255, 255, 255, 255], new Asn1Tag(TagClass.ContextSpecific, 7));
            }
        }
    }
}
