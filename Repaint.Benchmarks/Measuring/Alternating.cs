namespace Repaint.Benchmarks.Measuring;

/// <summary>Lets competitors take turns, so that what else the machine does falls on all of them alike.</summary>
internal static class Alternating
{
    /// <summary>Each competitor once to warm up, then <paramref name="rounds"/> times in turn.</summary>
    /// <param name="rounds">1 or more.</param>
    /// <param name="competitors">Each answers its figure of one turn: a time, a rate, a size.</param>
    /// <param name="cancellationToken">Ends between two turns.</param>
    /// <returns>Per competitor, in the order given, its figures.</returns>
    public static async Task<IReadOnlyList<Samples>> RunAsync(
        int rounds, IReadOnlyList<Func<CancellationToken, Task<double>>> competitors, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rounds, 1);
        foreach (var competitor in competitors)
        {
            await competitor(cancellationToken);
        }

        var figures = competitors.Select(_ => new List<double>(rounds)).ToArray();
        for (var round = 0; round < rounds; round++)
        {
            for (var turn = 0; turn < competitors.Count; turn++)
            {
                // Another one goes first in each round: what follows a heavy competitor finds warmer or colder caches.
                var index = (turn + round) % competitors.Count;
                figures[index].Add(await competitors[index](cancellationToken));
            }
        }

        return [.. figures.Select(values => new Samples(values))];
    }
}
