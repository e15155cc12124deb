namespace Repaint.Local.Processes;

/// <summary>Runs a command to its end.</summary>
internal static class Programs
{
    /// <summary>Runs <paramref name="command"/>; throws with the end of its output when it fails.</summary>
    /// <exception cref="LocalException">It could not be started, or its exit code is not 0.</exception>
    public static async Task RunAsync(string purpose, ProcessCommand command, CancellationToken cancellationToken)
    {
        var log = Path.GetTempFileName();
        try
        {
            await using var child = await ChildProcess.StartAsync(command with { LogFile = log });
            var exitCode = await child.Exited.WaitAsync(cancellationToken);
            if (exitCode != 0)
            {
                var end = string.Join('\n', File.ReadLines(log).TakeLast(20));
                throw new LocalException($"{purpose} failed (exit code {exitCode}):\n{end}");
            }
        }
        finally
        {
            File.Delete(log);
        }
    }

    /// <summary>Path of a program on the PATH; null when it is not there.</summary>
    public static string? Find(string name) => (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .Select(folder => Path.Combine(folder, name))
        .FirstOrDefault(File.Exists);
}
