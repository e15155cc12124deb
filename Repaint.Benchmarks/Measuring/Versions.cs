using System.Globalization;
using System.Runtime.InteropServices;

namespace Repaint.Benchmarks.Measuring;

/// <summary>On what a figure was measured: without it a figure says nothing.</summary>
internal static class Versions
{
    /// <param name="output">Above the table.</param>
    /// <param name="peers">Name and version of each competitor, for example <c>nginx 1.22.1</c>.</param>
    public static void Print(TextWriter output, params IEnumerable<string> peers)
    {
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{RuntimeInformation.FrameworkDescription}, {RuntimeInformation.OSDescription}, {Environment.ProcessorCount} cores ({Processor()})"));
        foreach (var peer in peers)
        {
            output.WriteLine(peer);
        }

        output.WriteLine();
    }

    private static string Processor() =>
        File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim()
        ?? RuntimeInformation.ProcessArchitecture.ToString();
}
