using System.Diagnostics.CodeAnalysis;
using Repaint.Contracts;

namespace Repaint.Api.Images;

/// <summary>An image state in a query, written as in JSON: <c>clustered</c>. The framework reads only <c>Clustered</c>, or 4.</summary>
internal sealed record ImageStateFilter(ImageState State)
{
    public static bool TryParse(string text, [NotNullWhen(true)] out ImageStateFilter? filter)
    {
        var known = Enum.GetValues<ImageState>().Where(state => StoredImageState.Write(state) == text).Take(1).ToList();
        filter = known.Count > 0 ? new ImageStateFilter(known[0]) : null;
        return filter is not null;
    }
}
