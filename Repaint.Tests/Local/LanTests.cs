using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Repaint.Local;
using Repaint.Local.Lan;
using Repaint.Local.Topology;
using Repaint.Tests.Infrastructure;

namespace Repaint.Tests.Local;

/// <summary>Certificates for the network, and what is exposed to it.</summary>
public sealed class LanTests : IDisposable
{
    private const string Host = "laptop.repaint.test";
    private static readonly DateTimeOffset Now = new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly TemporaryFolder _folder = new("lan");

    [Theory]
    [InlineData(Host)]
    [InlineData("192.168.7.20")]
    public void The_certificate_is_for_the_host_and_for_loopback_and_its_authority_for_nothing_else(string host)
    {
        var lan = LanExposure.Prepare(new LanOptions(host, null, null), _folder.Path, Now);

        using var certificate = X509CertificateLoader.LoadCertificateFromFile(lan.CertificateFile);
        using var authority = X509CertificateLoader.LoadCertificateFromFile(lan.AuthorityFile!);
        Assert.True(certificate.MatchesHostname(host));
        Assert.True(certificate.MatchesHostname("127.0.0.1"));
        Assert.True(IsTrusted(certificate, authority));
        var constraints = Assert.Single(authority.Extensions, extension => extension.Oid?.Value == "2.5.29.30");
        Assert.True(constraints.Critical);
        foreach (var other in new[] { "bank.example", "10.0.0.1" })
        {
            using var forged = Forge(lan, other);
            Assert.False(IsTrusted(forged, authority), other);
        }
    }

    [Fact]
    public void Keys_are_for_their_owner_only()
    {
        var lan = LanExposure.Prepare(new LanOptions(Host, null, null), _folder.Path, Now);

        foreach (var file in new[] { lan.KeyFile, Path.Combine(_folder.Path, Host, "authority-key.pem") })
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        }
    }

    [Fact]
    public void A_phone_trusts_once_the_certificate_is_new_at_every_start()
    {
        var first = LanExposure.Prepare(new LanOptions(Host, null, null), _folder.Path, Now);
        var firstKey = File.ReadAllText(first.KeyFile);
        var second = LanExposure.Prepare(new LanOptions(Host, null, null), _folder.Path, Now.AddDays(300));

        Assert.Equal(first.Fingerprint, second.Fingerprint);
        Assert.NotEqual(firstKey, File.ReadAllText(second.KeyFile));
        Assert.NotEqual(
            first.Fingerprint, LanExposure.Prepare(new LanOptions(Host, null, null), _folder.Path, Now.AddDays(600)).Fingerprint);
    }

    [Fact]
    public void A_given_certificate_is_used_if_it_fits()
    {
        var made = LanExposure.Prepare(new LanOptions(Host, null, null), _folder.Path, Now);
        var file = Path.Combine(_folder.Path, "given.pem");
        File.WriteAllText(file, File.ReadAllText(made.CertificateFile) + File.ReadAllText(made.KeyFile));

        var given = LanExposure.Prepare(new LanOptions(Host, file, null), _folder.Path, Now);
        Assert.Equal((file, file, null), (given.CertificateFile, given.KeyFile, given.AuthorityFile));
        Assert.Contains("is not for", Refusal("other.test", file, Now), StringComparison.Ordinal);
        Assert.Contains("not now", Refusal(Host, file, Now.AddYears(2)), StringComparison.Ordinal);
        Assert.Contains("private key", Refusal(Host, made.CertificateFile, Now), StringComparison.Ordinal);

        string Refusal(string host, string certificate, DateTimeOffset now) => Assert.Throws<LocalException>(
            () => LanExposure.Prepare(new LanOptions(host, certificate, null), _folder.Path, now)).Message;
    }

    [Theory]
    [InlineData("two words")]
    [InlineData("https://laptop")]
    [InlineData("../laptop")]
    [InlineData("")]
    public void A_host_that_is_none_is_refused(string host) =>
        Assert.Throws<LocalException>(() => LanExposure.Prepare(new LanOptions(host, null, null), _folder.Path, Now));

    [Fact]
    public void Only_the_three_public_services_are_exposed_and_only_over_https()
    {
        var data = new DataFolder(_folder.Path);
        data.Create();
        var ports = new PortMap(20_000);
        var lan = LanExposure.Prepare(new LanOptions(Host, null, null), data.In("tls"), Now);
        var listeners = new SystemTopology(data, new PublicAddresses(ports, lan), "/node_modules").Resources
            .SelectMany(resource => resource.Command.Environment.TryGetValue("ASPNETCORE_URLS", out var urls) ? urls.Split(';') : [])
            .Where(url => !url.StartsWith("http://127.0.0.1:", StringComparison.Ordinal));

        Assert.Equal(
            new[] { ports.Api, ports.Gateway, ports.Identity }.Select(port => $"https://*:{port}").Order(), listeners.Order());
    }

    public void Dispose() => _folder.Dispose();

    private X509Certificate2 Forge(LanExposure lan, string host)
    {
        using var authority = X509Certificate2.CreateFromPemFile(
            lan.AuthorityFile!, Path.Combine(_folder.Path, lan.Host, "authority-key.pem"));
        using var pair = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("O=Somebody else", pair, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        if (IPAddress.TryParse(host, out var address))
        {
            names.AddIpAddress(address);
        }
        else
        {
            names.AddDnsName(host);
        }

        request.CertificateExtensions.Add(names.Build());
        return request.Create(authority, Now.AddDays(-1), Now.AddDays(1), [1]);
    }

    private static bool IsTrusted(X509Certificate2 certificate, X509Certificate2 authority)
    {
        using var chain = new X509Chain
        {
            ChainPolicy =
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                CustomTrustStore = { authority },
                RevocationMode = X509RevocationMode.NoCheck,
                VerificationTime = Now.LocalDateTime,
            },
        };
        return chain.Build(certificate);
    }
}
