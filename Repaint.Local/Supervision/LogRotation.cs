using Repaint.Local.Processes;

namespace Repaint.Local.Supervision;

/// <summary>Keeps the logs of a long run from filling the disk: what a process wrote last, and the part before it.</summary>
internal static class LogRotation
{
    public const long DefaultLimit = 16 << 20;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    /// <summary>Where the earlier part of a log is, from this run or the one before.</summary>
    public static string Previous(string log) => Path.ChangeExtension(log, ".previous.log");

    public static async Task RunAsync(IReadOnlyList<string> logs, TimeProvider time, CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stopping))
        {
            foreach (var log in logs)
            {
                Rotate(log, DefaultLimit);
            }
        }
    }

    /// <summary>
    /// Sets a log aside when it is longer than <paramref name="limit"/>. Its process keeps the file open for appending
    /// (see <see cref="ChildProcess"/>), so the file is copied and emptied rather than moved; what is written in between is lost.
    /// </summary>
    public static void Rotate(string log, long limit)
    {
        try
        {
            if (new FileInfo(log) is { Exists: true } file && file.Length > limit)
            {
                File.Copy(log, Previous(log), overwrite: true);
                using var stream = new FileStream(log, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
                stream.SetLength(0);
            }
        }
        catch (IOException)
        {
            // A full disk, likely: the next round tries again.
        }
    }
}
