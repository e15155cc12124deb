using System.Text;

namespace Repaint.Local.Supervision;

/// <summary>The last lines of a log.</summary>
internal static class LogTail
{
    private const int Lines = 10;
    private const int Bytes = 8192;

    public static string Read(string path)
    {
        if (!File.Exists(path))
        {
            return "";
        }

        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        stream.Seek(-Math.Min(Bytes, stream.Length), SeekOrigin.End);
        using var reader = new StreamReader(stream, Encoding.UTF8);
        var lines = reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return string.Join('\n', lines.TakeLast(Lines).Select(line => "    | " + line));
    }
}
