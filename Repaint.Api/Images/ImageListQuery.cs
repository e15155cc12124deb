using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Repaint.Api.Members;
using Repaint.Api.Persistence;
using Repaint.Contracts.Http;

namespace Repaint.Api.Images;

/// <summary>Which page of which images; every filter narrows.</summary>
internal sealed class ImageListQuery
{
    private const int MaxPageSize = 200;

    [FromQuery(Name = "state"), Description("Only images in this state.")]
    public ImageStateFilter? State { get; init; }

    [FromQuery(Name = "kind"), Description("`photo`: only visitors' photographs. `default`: only the event's own images.")]
    [AllowedValues(null, ImageKinds.Photo, ImageKinds.Default)]
    public string? Kind { get; init; }

    [FromQuery(Name = "visitorId"), Description("Only this visitor's photograph.")]
    public Guid? VisitorId { get; init; }

    [FromQuery(Name = "sentBy"), Description("Only what this member sent: the subject, at most 255 characters.")]
    [StringLength(EventMember.MaxSubjectLength), RegularExpression(NamePattern.NoControlCharacters)]
    public string? SentBy { get; init; }

    [FromQuery(Name = "search"), Description("The beginning, 4 characters or more, of an image's or a visitor's id, or a whole trace id.")]
    [StringLength(ImageSearch.MaxLength, MinimumLength = ImageSearch.MinLength)]
    public string? Search { get; init; }

    [FromQuery(Name = "cursor"), Description("`next` of the page before.")]
    [StringLength(64)]
    public string? Cursor { get; init; }

    [FromQuery(Name = "limit"), Description("1–200 images; 50 when not given.")]
    [Range(1, MaxPageSize)]
    public int? Limit { get; init; }

    /// <summary>What is wrong with it; null when nothing is. The framework looks at the limits of single parameters only.</summary>
    public string? Refusal()
    {
        var failures = new List<ValidationResult>();
        return Validator.TryValidateObject(this, new ValidationContext(this), failures, validateAllProperties: true)
            ? Misread()
            : failures[0].ErrorMessage;
    }

    /// <summary>One image more than the page holds, by which one sees that there is a next page.</summary>
    public IQueryable<Image> Apply(RepaintDbContext context, Guid eventId)
    {
        var images = context.Images.AsNoTracking().Where(image => image.EventId == eventId);
        images = State is { State: var wanted } ? images.Where(image => image.State == wanted) : images;
        images = Kind switch
        {
            ImageKinds.Photo => images.Where(image => image.VisitorId != null),
            ImageKinds.Default => images.Where(image => image.VisitorId == null),
            _ => images,
        };
        images = VisitorId is { } visitorId ? images.Where(image => image.VisitorId == visitorId) : images;
        images = SentBy is { } subject ? images.Where(image => image.SentBy == subject) : images;
        images = Search is { } text && ImageSearch.Parse(text) is { } search ? images.Where(search.Matches()) : images;
        images = Cursor is { } cursor && ImageCursor.Parse(cursor) is { } last
            ? images.Where(image => EF.Functions.LessThan(
                ValueTuple.Create(image.CreatedAt, image.Id), ValueTuple.Create(last.CreatedAt, last.Id)))
            : images;
        return images.OrderByDescending(image => image.CreatedAt).ThenByDescending(image => image.Id).Take(PageSize + 1);
    }

    public int PageSize => Limit ?? 50;

    private string? Misread() => this switch
    {
        { Search: { } text } when ImageSearch.Parse(text) is null =>
            $"Search for {ImageSearch.MinLength} or more characters with which an image's or a visitor's id begins, or a whole trace id.",
        { Cursor: { } cursor } when ImageCursor.Parse(cursor) is null => "A cursor is what the page before gave as next.",
        _ => null,
    };
}
