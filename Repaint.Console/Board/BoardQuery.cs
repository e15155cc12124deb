using System.Text.Json;
using Repaint.Contracts;
using Repaint.Contracts.Http;

namespace Repaint.Console.Board;

/// <summary>Which images a board is asked to show; everything that is given narrows.</summary>
/// <param name="State">Only images in this state.</param>
/// <param name="EventImages">Only the event's own images, which every visitor can paint.</param>
/// <param name="VisitorId">Only this visitor's photograph.</param>
/// <param name="Search">Only images whose id, or whose visitor's id, begins so, or with this trace.</param>
public sealed record BoardQuery(ImageState? State = null, bool EventImages = false, Guid? VisitorId = null, string? Search = null)
{
    /// <summary>Whether an image belongs on the board, as far as its details say; the search is the API's to answer.</summary>
    public bool Wants(ImageDetails image) =>
        (State is null || image.State == State)
        && (!EventImages || image.VisitorId is null)
        && (VisitorId is null || image.VisitorId == VisitorId);

    /// <summary>The query part of the address of a page.</summary>
    public string Address(string? cursor, int limit) => string.Join('&', Parameters(cursor, limit));

    private IEnumerable<string> Parameters(string? cursor, int limit)
    {
        yield return $"limit={limit}";
        if (State is { } state)
        {
            yield return $"state={JsonNamingPolicy.CamelCase.ConvertName(state.ToString())}";
        }

        if (EventImages)
        {
            yield return $"kind={ImageKinds.Default}";
        }

        if (VisitorId is { } visitorId)
        {
            yield return $"visitorId={visitorId}";
        }

        if (Search is not null)
        {
            yield return $"search={Uri.EscapeDataString(Search)}";
        }

        if (cursor is not null)
        {
            yield return $"cursor={Uri.EscapeDataString(cursor)}";
        }
    }
}
