namespace Repaint.Benchmarks;

/// <summary>One benchmark or drill: starts what it needs on loopback, measures, prints, and stops what it started.</summary>
internal interface IMeasurement
{
    /// <summary>What one types: <c>./repaint bench NAME</c>.</summary>
    string Name { get; }

    /// <summary>One line for <c>--help</c>.</summary>
    string Description { get; }

    /// <summary>Runs to its end.</summary>
    /// <param name="rounds">How often each competitor takes its turn.</param>
    /// <param name="output">Where the tables go.</param>
    /// <param name="cancellationToken">Ctrl-C: stop what was started, then end.</param>
    /// <returns>Whether a drill held. A benchmark that misses a target says so in its table and returns true.</returns>
    Task<bool> RunAsync(int rounds, TextWriter output, CancellationToken cancellationToken);
}
