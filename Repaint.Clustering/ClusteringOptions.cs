using System.ComponentModel.DataAnnotations;

namespace Repaint.Clustering;

/// <summary>Section <c>Clustering</c>.</summary>
internal sealed class ClusteringOptions
{
    /// <summary>Memory that photographs may take at once, beside the process itself; default 288 MiB, two of 12 megapixels turned and progressive.</summary>
    [Range(64, 16_384)]
    public int MemoryBudgetMegabytes { get; set; } = 288;

    /// <summary>How long the work on one photograph may take before the process is taken to hang; default 120 s, a hundred times the usual.</summary>
    [Range(1, 3_600)]
    public int LongestPhotoSeconds { get; set; } = 120;
}
