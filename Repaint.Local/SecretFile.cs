using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Repaint.Local;

/// <summary>Secrets made once and kept in files that only their owner can read.</summary>
internal static class SecretFile
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>The secret in <paramref name="path"/>; a new one of 256 bits, base64url, on first use.</summary>
    public static string GetOrCreate(string path) =>
        GetOrCreate(path, () => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32)));

    /// <summary>The text in <paramref name="path"/>; on first use what <paramref name="create"/> makes.</summary>
    public static string GetOrCreate(string path, Func<string> create)
    {
        if (File.Exists(path))
        {
            return File.ReadAllText(path).TrimEnd();
        }

        var secret = create();
        Write(path, secret);
        return secret;
    }

    /// <summary>Writes atomically: a crash leaves the old content or the new, never half.</summary>
    public static void Write(string path, string content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!, OwnerOnly | UnixFileMode.UserExecute);
        var temporary = path + ".new";
        File.Delete(temporary);
        using (var stream = new FileStream(temporary, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = OwnerOnly,
        }))
        {
            stream.Write(Encoding.UTF8.GetBytes(content + "\n"));
            stream.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
    }
}
