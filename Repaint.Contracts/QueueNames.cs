namespace Repaint.Contracts;

/// <summary>The four queues.</summary>
public static class QueueNames
{
    /// <summary>Gateway → clustering worker: <see cref="Messages.ClusterImage"/>.</summary>
    public const string Clustering = "clustering";

    /// <summary>Gateway → generation worker: <see cref="Messages.PaintRendering"/>.</summary>
    public const string Generation = "generation";

    /// <summary>Workers → gateway: started, completed, failed.</summary>
    public const string ImageResults = "image-results";

    /// <summary>Gateway → API: <see cref="Messages.ImageUpdated"/>, <see cref="Messages.RenderingUpdated"/>.</summary>
    public const string ImageUpdates = "image-updates";

    /// <summary>All queues.</summary>
    public static IReadOnlyList<string> All { get; } = [Clustering, Generation, ImageResults, ImageUpdates];
}
