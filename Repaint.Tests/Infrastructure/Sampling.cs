using System.Globalization;
using FsCheck;
using FsCheck.Fluent;

namespace Repaint.Tests.Infrastructure;

/// <summary>Random values whose seed a failing test tells: <c>REPAINT_TEST_SEED=…</c> makes the same ones again.</summary>
internal sealed class Sampling
{
    private const string Variable = "REPAINT_TEST_SEED";
    private const int Size = 50;

    private readonly ulong _seed = Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } seed
        ? ulong.Parse(seed, CultureInfo.InvariantCulture)
        : (ulong)Random.Shared.NextInt64();

    /// <summary>How to get the same values again; belongs into the message of every assertion about them.</summary>
    public string Replay => $"{Variable}={_seed}";

    public IReadOnlyList<T> Of<T>(Gen<T> generator, int count) => [.. generator.Sample(Size, new Rnd(_seed), count)];
}
