using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Repaint.Local.Lan;

/// <summary>What <c>up --lan</c> was asked for.</summary>
/// <param name="Host">Name or address by which phones reach this machine.</param>
/// <param name="CertificateFile">PEM with certificate, chain and private key; null to make one.</param>
/// <param name="Address">Address to listen on; every one when null.</param>
internal sealed record LanOptions(string Host, string? CertificateFile, string? Address);

/// <summary>The three public listeners over HTTPS, for the devices of a local network.</summary>
/// <param name="Host">Name or address in every public URL.</param>
/// <param name="Address">What the public listeners bind.</param>
/// <param name="CertificateFile">PEM, with its chain.</param>
/// <param name="KeyFile">PEM.</param>
/// <param name="AuthorityFile">Certificate of our own authority, which devices have to be told to trust; null when the certificate was given.</param>
/// <param name="Fingerprint">SHA-256 of that authority's certificate, to compare on a device.</param>
internal sealed record LanExposure(
    string Host, string Address, string CertificateFile, string KeyFile, string? AuthorityFile, string? Fingerprint)
{
    /// <summary>Checks the certificate that was given, or makes one.</summary>
    /// <exception cref="LocalException">The host or the certificate cannot be used; says why.</exception>
    public static LanExposure Prepare(LanOptions options, string folder, DateTimeOffset now)
    {
        var host = options.Host.ToLowerInvariant();
        if (Uri.CheckHostName(host) is not (UriHostNameType.Dns or UriHostNameType.IPv4))
        {
            throw new LocalException($"--lan takes a host name or an IPv4 address, not '{options.Host}'.");
        }

        if (options.Address is { } given && !IPAddress.TryParse(given, out _))
        {
            throw new LocalException($"--lan-address takes an IP address, not '{given}'.");
        }

        var address = options.Address ?? "*";
        if (options.CertificateFile is { } file)
        {
            Check(file, host, now);
            return new LanExposure(host, address, Path.GetFullPath(file), Path.GetFullPath(file), null, null);
        }

        var authority = LocalAuthority.LoadOrCreate(Path.Combine(folder, host), host, now);
        authority.Issue(now);
        return new LanExposure(
            host, address, authority.CertificateFile, authority.KeyFile, authority.AuthorityFile, authority.Fingerprint);
    }

    /// <summary>A public address.</summary>
    public string Url(int port) => $"https://{Host}:{port}";

    /// <summary>What a public service listens on.</summary>
    public string Listen(int port) => $"https://{Address}:{port}";

    private static void Check(string file, string host, DateTimeOffset now)
    {
        try
        {
            using var certificate = X509Certificate2.CreateFromPemFile(file);
            if (!certificate.MatchesHostname(host))
            {
                throw new LocalException($"The certificate in {file} is not for {host}.");
            }

            if (certificate.NotAfter < now.LocalDateTime || certificate.NotBefore > now.LocalDateTime)
            {
                throw new LocalException($"The certificate in {file} is valid from {certificate.NotBefore:u} to {certificate.NotAfter:u}, not now.");
            }
        }
        catch (Exception exception) when (exception is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new LocalException($"{file} holds no PEM certificate with its private key: {exception.Message}", exception);
        }
    }
}
