using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Repaint.Contracts;
using Repaint.Local;

namespace Repaint.Benchmarks.Messaging;

/// <summary>Microsoft's npm client, the one that judges the bus in the tests.</summary>
internal sealed class Peer(string connectionString, string nodeModules)
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Messaging");

    public string Version
    {
        get
        {
            using var package = JsonDocument.Parse(File.ReadAllText(Path.Combine(nodeModules, "@azure", "service-bus", "package.json")));
            return $"@azure/service-bus {package.RootElement.GetProperty("version").GetString()}";
        }
    }

    public static async Task<Peer> InstallAsync(string connectionString, TextWriter output, CancellationToken cancellationToken) => new(
        connectionString,
        await NpmPackages.InstallAsync(Folder, "Microsoft's Service Bus client from npm (once, about 30 MB)", output.WriteLine, cancellationToken));

    /// <summary>Does one thing of <c>peer.cjs</c> and answers its figures.</summary>
    public async Task<IReadOnlyList<double>> RunAsync(CancellationToken cancellationToken, params IEnumerable<object> arguments)
    {
        using var node = Process.Start(new ProcessStartInfo(
            "node", [Path.Combine(Folder, "peer.cjs"), .. arguments.Select(argument => Convert.ToString(argument, CultureInfo.InvariantCulture)!)])
        {
            RedirectStandardOutput = true,
            Environment =
            {
                ["CONNECTION"] = connectionString,
                ["QUEUE"] = QueueNames.Clustering,
                ["RUN"] = Guid.CreateVersion7().ToString("N"),
                ["NODE_PATH"] = nodeModules,
            },
        })!;
        try
        {
            var said = await node.StandardOutput.ReadToEndAsync(cancellationToken);
            await node.WaitForExitAsync(cancellationToken);
            return node.ExitCode == 0
                ? [.. said.Split(' ').Select(figure => double.Parse(figure, CultureInfo.InvariantCulture))]
                : throw new LocalException("Microsoft's client failed; what it said is above.");
        }
        finally
        {
            if (!node.HasExited)
            {
                node.Kill();
            }
        }
    }
}
