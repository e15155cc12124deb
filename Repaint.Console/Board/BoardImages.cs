using Repaint.Contracts;
using Repaint.Contracts.Http;

namespace Repaint.Console.Board;

/// <summary>
/// The images a board shows: pages loaded so far, newest first, and what the feed said since. A change may come twice,
/// late, or of an image that the filter hides.
/// </summary>
public sealed class BoardImages
{
    private readonly List<ImageDetails> _images = [];

    public IReadOnlyList<ImageDetails> All => _images;

    /// <summary>Cursor of the next page; null when everything is loaded.</summary>
    public string? Next { get; private set; }

    public BoardQuery Query { get; private set; } = new();

    public void Start(ImagePage page, BoardQuery query)
    {
        _images.Clear();
        Query = query;
        Add(page);
    }

    public void Add(ImagePage page)
    {
        _images.AddRange(page.Images.Where(image => !_images.Exists(known => known.ImageId == image.ImageId)));
        Next = page.Next;
    }

    /// <summary>Takes a change; true when the board looks different now.</summary>
    public bool Apply(ImageDetails image)
    {
        var index = _images.FindIndex(known => known.ImageId == image.ImageId);
        var wanted = Query.Wants(image);
        if (index >= 0)
        {
            if (IsOlder(image, _images[index]))
            {
                return false;
            }

            if (wanted)
            {
                _images[index] = image;
            }
            else
            {
                _images.RemoveAt(index);
            }

            return true;
        }

        // Older than everything loaded: it comes with its page.
        if (!wanted || (Next is not null && _images.Count > 0 && image.CreatedAt < _images[^1].CreatedAt))
        {
            return false;
        }

        var place = _images.FindIndex(known => known.CreatedAt < image.CreatedAt);
        _images.Insert(place < 0 ? _images.Count : place, image);
        return true;
    }

    public bool Remove(Guid imageId) => _images.RemoveAll(image => image.ImageId == imageId) > 0;

    /// <summary>What holds every word of the search: ids, the visitor's short code, who sent it, and what <paramref name="say"/> says of it.</summary>
    public IEnumerable<ImageDetails> Search(string? text, Func<ImageDetails, string> say)
    {
        var words = (text ?? "").Split((char[])[' ', '\u3000'], StringSplitOptions.RemoveEmptyEntries);
        return words.Length == 0 ? _images : _images.Where(image => words.All(word =>
            $"{image.ImageId} {image.VisitorId} {ShortCode(image)} {image.SentBy} {image.SentByEmail} {image.TraceId} {say(image)}"
                .Contains(word, StringComparison.OrdinalIgnoreCase)));
    }

    private static string? ShortCode(ImageDetails image) => image.VisitorId is { } visitorId ? VisitorShortCode.Of(visitorId) : null;

    private static bool IsOlder(ImageDetails image, ImageDetails known) =>
        image.Revision < known.Revision || (image.Revision == known.Revision && image.UpdatedAt < known.UpdatedAt);
}
