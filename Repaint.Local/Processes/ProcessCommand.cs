namespace Repaint.Local.Processes;

/// <summary>What to start, and as whom.</summary>
/// <param name="FileName">An absolute path, or a name on the PATH.</param>
/// <param name="Arguments">Arguments, unquoted.</param>
internal sealed record ProcessCommand(string FileName, params IReadOnlyList<string> Arguments)
{
    /// <summary>Added to the environment of this process.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Where it runs; a folder that every user may enter.</summary>
    public string WorkingDirectory { get; init; } = "/";

    /// <summary>The user to become, when this process is root; null to stay who we are.</summary>
    public string? User { get; init; }

    /// <summary>File that collects its output; null to discard it.</summary>
    public string? LogFile { get; init; }

    /// <summary>Asks it to stop: sent when we stop it, and by the kernel when we die.</summary>
    public Signal StopSignal { get; init; } = Signal.Terminate;
}
