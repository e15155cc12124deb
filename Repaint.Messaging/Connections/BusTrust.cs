using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Repaint.Messaging.Connections;

/// <summary>Trust in one authority of one's own, and in no other.</summary>
internal static class BusTrust
{
    /// <exception cref="InvalidOperationException">The file holds no certificate.</exception>
    public static RemoteCertificateValidationCallback In(string authorityFile)
    {
        var authorities = new X509Certificate2Collection();
        try
        {
            authorities.ImportFromPemFile(authorityFile);
        }
        catch (Exception exception) when (exception is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new InvalidOperationException($"{authorityFile} cannot be read as PEM.", exception);
        }

        if (authorities.Count == 0)
        {
            throw new InvalidOperationException($"{authorityFile} holds no certificate.");
        }

        return (_, certificate, sentChain, errors) => Verify(authorities, certificate, sentChain, errors);
    }

    private static bool Verify(
        X509Certificate2Collection authorities, X509Certificate? certificate, X509Chain? sentChain, SslPolicyErrors errors)
    {
        // Of what the machine found wrong only the authority is decided here; a wrong name stays wrong.
        if (certificate is not X509Certificate2 broker || (errors & ~SslPolicyErrors.RemoteCertificateChainErrors) != 0)
        {
            return false;
        }

        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        foreach (var element in sentChain?.ChainElements ?? Enumerable.Empty<X509ChainElement>())
        {
            chain.ChainPolicy.ExtraStore.Add(element.Certificate);
        }

        return chain.Build(broker);
    }
}
