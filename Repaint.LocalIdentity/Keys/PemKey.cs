using System.Security.Cryptography;
using Microsoft.IdentityModel.Tokens;

namespace Repaint.LocalIdentity.Keys;

/// <summary>An RSA key in a PEM file that only its owner can read, made on first use.</summary>
internal static class PemKey
{
    private const int Bits = 3072;

    public static RsaSecurityKey LoadOrCreate(string path)
    {
        var rsa = RSA.Create();
        if (File.Exists(path))
        {
            rsa.ImportFromPem(File.ReadAllText(path));
        }
        else
        {
            rsa.KeySize = Bits;
            Write(path, rsa.ExportPkcs8PrivateKeyPem());
        }

        // The same key has the same id after every restart; validators cache by it.
        var thumbprint = SHA256.HashData(rsa.ExportSubjectPublicKeyInfo());
        return new RsaSecurityKey(rsa) { KeyId = Base64UrlEncoder.Encode(thumbprint) };
    }

    private static void Write(string path, string pem)
    {
        var temporary = path + ".new";
        File.Delete(temporary);
        using (var file = new StreamWriter(temporary, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        }))
        {
            file.Write(pem);
        }

        File.Move(temporary, path);
    }
}
