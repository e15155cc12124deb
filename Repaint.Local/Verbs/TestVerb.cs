using System.CommandLine;
using System.Diagnostics;
using System.Text.Json;
using Repaint.Local.Topology;

namespace Repaint.Local.Verbs;

internal static class TestVerb
{
    // Ten times what the suite takes: a test that hangs fails the run instead of holding the machine.
    private const string RunLimit = "30m";

    public static Command Create()
    {
        var arguments = new Argument<string[]>("arguments")
        {
            Description = "Passed on to the test runner, after --",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var verb = new Command("test", "Run all tests; the last line is `N passed, N failed`") { arguments };
        verb.SetAction((parsed, cancellation) => RunAsync(parsed.GetValue(arguments) ?? [], cancellation));
        return verb;
    }

    private static async Task<int> RunAsync(string[] arguments, CancellationToken cancellationToken)
    {
        var results = Directory.CreateTempSubdirectory("repaint-test-results-").FullName;
        try
        {
            var command = ServiceBinaries.Start("Repaint.Tests", new Dictionary<string, string>());
            var start = new ProcessStartInfo(command.FileName);
            foreach (var argument in (string[])[
                .. command.Arguments, "--results-directory", results, "--report-xunit-ctrf", "--report-xunit-ctrf-filename", "tests.json",
                "--timeout", RunLimit,
                .. arguments])
            {
                start.ArgumentList.Add(argument);
            }

            using var tests = Process.Start(start)!;
            await tests.WaitForExitAsync(cancellationToken);
            var (passed, failed) = ReadSummary(Path.Combine(results, "tests.json"));
            Console.WriteLine($"{passed} passed, {failed} failed");
            return failed == 0 ? tests.ExitCode : 1;
        }
        finally
        {
            Directory.Delete(results, recursive: true);
        }
    }

    // Common Test Report Format, ctrf.io.
    private static (int Passed, int Failed) ReadSummary(string path)
    {
        if (!File.Exists(path))
        {
            throw new LocalException("The test run broke off: there is no report.");
        }

        using var report = JsonDocument.Parse(File.ReadAllBytes(path));
        var summary = report.RootElement.GetProperty("results").GetProperty("summary");
        return (Count("passed"), Count("failed") + Count("other"));

        int Count(string outcome) => summary.GetProperty(outcome).GetInt32();
    }
}
