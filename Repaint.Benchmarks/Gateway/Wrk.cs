using System.Globalization;
using Repaint.Local;
using Repaint.Local.Processes;

namespace Repaint.Benchmarks.Gateway;

/// <summary>wrk, asking for each of many addresses once.</summary>
internal static class Wrk
{
    private const int Connections = 64;

    /// <summary>How long each turn takes.</summary>
    public static readonly TimeSpan Turn = TimeSpan.FromSeconds(4);

    /// <returns>Answers per second.</returns>
    /// <exception cref="LocalException">An answer was not the picture.</exception>
    public static async Task<double> RunAsync(string folder, Uri server, IReadOnlyList<string> paths, CancellationToken cancellationToken)
    {
        var file = Path.Combine(folder, "paths");
        var log = Path.Combine(folder, "wrk.log");
        File.Delete(log);
        await File.WriteAllLinesAsync(file, paths, cancellationToken);
        var program = Programs.Find("wrk") ?? throw new LocalException("wrk is missing: apt-get install wrk");
        await using (var process = await ChildProcess.StartAsync(new ProcessCommand(
            program, "-t", "1", "-c", $"{Connections}", "-d", $"{Turn.TotalSeconds:0}s",
            "-s", Path.Combine(AppContext.BaseDirectory, "Gateway", "redeem.lua"), server.ToString().TrimEnd('/'))
        {
            Environment = new Dictionary<string, string> { ["PATHS"] = file },
            LogFile = log,
        }))
        {
            await process.Exited.WaitAsync(cancellationToken);
        }

        var output = await File.ReadAllTextAsync(log, cancellationToken);
        var result = output.Split('\n').FirstOrDefault(line => line.StartsWith("RESULT ", StringComparison.Ordinal))?.Split(' ')
            ?? throw new LocalException($"wrk failed:\n{output}");
        var (requests, microseconds, bytes, errors) = (Number(result[1]), Number(result[2]), Number(result[3]), Number(result[4]));
        return errors == 0 && requests <= paths.Count && bytes >= requests * GatewayStage.PictureSize
            ? requests * 1e6 / microseconds
            : throw new LocalException($"{requests} answers of {server}, {errors} of them errors, {bytes} bytes, for {paths.Count} links.");
    }

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
