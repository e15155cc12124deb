using Repaint.Local.Processes;

namespace Repaint.Local.Topology;

/// <summary>The services as built beside us: same configuration, same framework.</summary>
internal static class ServiceBinaries
{
    // …/Repaint.Local/bin/Release/net10.0/
    private static readonly string Own = Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory);
    private static readonly string Framework = Path.GetFileName(Own);
    private static readonly string Configuration = Path.GetFileName(Path.GetDirectoryName(Own)!);
    private static readonly string Root = Path.GetFullPath(Path.Combine(Own, "..", "..", "..", ".."));

    /// <summary>The runtime that runs us, or the one on the PATH.</summary>
    public static string DotNet { get; } = Path.GetFileName(Environment.ProcessPath) == "dotnet"
        ? Environment.ProcessPath!
        : Programs.Find("dotnet") ?? throw new LocalException("The .NET runtime is not on the PATH: install the .NET 10 SDK.");

    /// <summary>How to start <paramref name="project"/>.</summary>
    /// <exception cref="LocalException">It has not been built.</exception>
    public static ProcessCommand Start(string project, IReadOnlyDictionary<string, string> environment)
    {
        var folder = Path.Combine(Root, project, "bin", Configuration, Framework);
        var assembly = Path.Combine(folder, project + ".dll");
        return File.Exists(assembly)
            ? new ProcessCommand(DotNet, assembly) { Environment = environment, WorkingDirectory = folder }
            : throw new LocalException($"{assembly} is missing: build the solution first (./repaint does).");
    }
}
