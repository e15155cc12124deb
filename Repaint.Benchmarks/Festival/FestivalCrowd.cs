namespace Repaint.Benchmarks.Festival;

/// <summary>Many visitors at the same moment.</summary>
internal static class FestivalCrowd
{
    // As many staff as a large festival has.
    private const int UploadsAtOnce = 16;
    private const int WaitingAtOnce = 16;

    /// <summary>Photographs everybody, in turn with one of the photographs.</summary>
    public static Task PhotographAsync(
        FestivalStage stage, IReadOnlyList<FestivalVisitor> visitors, IReadOnlyList<byte[]> photos, CancellationToken cancellationToken) =>
        ForEachAsync(
            UploadsAtOnce,
            visitors.Count,
            (index, cancellation) =>
                stage.Staff.PhotographAsync(stage.EventId, visitors[index].Id, photos[index % photos.Count], cancellation),
            cancellationToken);

    /// <summary>Until all have their painting.</summary>
    public static Task WaitAsync(IReadOnlyList<FestivalVisitor> visitors, CancellationToken cancellationToken) =>
        ForEachAsync(WaitingAtOnce, visitors.Count, (index, cancellation) => visitors[index].WaitByPollingAsync(cancellation), cancellationToken);

    public static Task ForEachAsync(int atOnce, int count, Func<int, CancellationToken, Task> act, CancellationToken cancellationToken) =>
        Parallel.ForAsync(
            0, count, new ParallelOptions { MaxDegreeOfParallelism = atOnce, CancellationToken = cancellationToken },
            async (index, cancellation) => await act(index, cancellation));
}
