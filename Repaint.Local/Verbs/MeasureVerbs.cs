using System.CommandLine;
using System.Diagnostics;
using Repaint.Local.Topology;

namespace Repaint.Local.Verbs;

/// <summary><c>bench</c> and <c>drill</c>: a program of their own, which knows the names.</summary>
internal static class MeasureVerbs
{
    public static Command CreateBench() => Create("bench", "Measure against the peers; without a name, list what");

    public static Command CreateDrill() => Create("drill", "Run a test too long for the suite; without a name, list them");

    private static Command Create(string name, string description)
    {
        var arguments = new Argument<string[]>("arguments") { Arity = ArgumentArity.ZeroOrMore };
        var verb = new Command(name, description) { arguments };
        verb.TreatUnmatchedTokensAsErrors = false;
        verb.SetAction(async (parsed, cancellation) =>
        {
            var command = ServiceBinaries.Start("Repaint.Benchmarks", new Dictionary<string, string>());
            using var measurement = Process.Start(new ProcessStartInfo(
                command.FileName, [.. command.Arguments, name, .. parsed.GetValue(arguments) ?? [], .. parsed.UnmatchedTokens]))!;

            // Ctrl-C reaches it, too: it stops what it started, then ends.
            await measurement.WaitForExitAsync(CancellationToken.None);
            cancellation.ThrowIfCancellationRequested();
            return measurement.ExitCode;
        });
        return verb;
    }
}
