using Repaint.Console.Board;
using Repaint.Contracts;
using Repaint.Contracts.Http;

namespace Repaint.Tests.Console;

public sealed class BoardImagesTests
{
    private static readonly DateTimeOffset Noon = new(2026, 8, 1, 12, 0, 0, TimeSpan.Zero);
    private readonly BoardImages _board = new();

    [Fact]
    public void A_new_image_comes_first_and_a_change_stays_in_its_place()
    {
        var first = Image(minute: 1);
        _board.Start(new ImagePage([first], null), new BoardQuery());

        Assert.True(_board.Apply(Image(minute: 2)));
        Assert.True(_board.Apply(first with { State = ImageState.Failed, UpdatedAt = Noon.AddMinutes(9) }));

        Assert.Equal([2, 1], _board.All.Select(image => image.CreatedAt.Minute));
        Assert.Equal(ImageState.Failed, _board.All[1].State);
    }

    [Fact]
    public void A_change_that_comes_late_does_not_undo_a_newer_one()
    {
        var image = Image(minute: 1) with { State = ImageState.Clustered, UpdatedAt = Noon.AddMinutes(5) };
        _board.Start(new ImagePage([image], null), new BoardQuery());

        Assert.False(_board.Apply(image with { State = ImageState.Queued, UpdatedAt = Noon.AddMinutes(2) }));
        Assert.True(_board.Apply(image with { State = ImageState.Queued, Revision = 2, UpdatedAt = Noon.AddMinutes(6) }));
        Assert.False(_board.Apply(image));

        Assert.Equal(2, Assert.Single(_board.All).Revision);
    }

    [Fact]
    public void An_image_that_no_longer_fits_the_filter_leaves_and_others_stay_away()
    {
        var failed = Image(minute: 1) with { State = ImageState.Failed };
        _board.Start(new ImagePage([failed], null), new BoardQuery(ImageState.Failed));

        Assert.False(_board.Apply(Image(minute: 2)));
        Assert.True(_board.Apply(failed with { State = ImageState.Queued, UpdatedAt = Noon.AddMinutes(3) }));

        Assert.Empty(_board.All);
    }

    [Fact]
    public void What_belongs_to_a_page_not_loaded_yet_waits_for_it_and_comes_once()
    {
        var newer = Image(minute: 9);
        var older = Image(minute: 1);
        _board.Start(new ImagePage([newer], "next"), new BoardQuery());

        Assert.False(_board.Apply(older));
        _board.Add(new ImagePage([newer, older], null));

        Assert.Equal([newer.ImageId, older.ImageId], _board.All.Select(image => image.ImageId));
        Assert.Null(_board.Next);
    }

    [Fact]
    public void Search_finds_by_part_of_an_id_by_sender_and_by_what_the_row_says()
    {
        var mine = Image(minute: 1) with { SentByEmail = "aki@example.org" };
        _board.Start(new ImagePage([mine, Image(minute: 2) with { State = ImageState.Failed }], null), new BoardQuery());

        Assert.Equal(mine.ImageId, Assert.Single(Search("AKI clustered")).ImageId);
        Assert.Equal(mine.ImageId, Assert.Single(Search("aki\u3000Clustered")).ImageId);
        Assert.Equal(mine.ImageId, Assert.Single(Search(mine.ImageId.ToString()[^12..])).ImageId);
        Assert.Equal(2, Search(" ").Count());
    }

    [Theory]
    [InlineData("EA2D-FF02")]
    [InlineData("ea2d ff02")]
    [InlineData("ea2dff02")]
    public void Search_finds_the_visitor_by_the_code_on_their_phone(string typed)
    {
        var visitor = Guid.Parse("01a20ad5-b0a9-7c96-b3a5-58e7ea2dff02");
        _board.Start(new ImagePage([Image(minute: 2), Image(minute: 1) with { VisitorId = visitor }], null), new BoardQuery());

        Assert.Equal(visitor, Assert.Single(Search(typed)).VisitorId);
    }

    [Fact]
    public void Only_the_events_own_images_are_wanted_also_from_the_feed()
    {
        var own = Image(minute: 1);
        _board.Start(new ImagePage([own], null), new BoardQuery(EventImages: true));

        Assert.False(_board.Apply(Image(minute: 2) with { VisitorId = Guid.CreateVersion7() }));
        Assert.True(_board.Apply(Image(minute: 3)));

        Assert.Equal([3, 1], _board.All.Select(image => image.CreatedAt.Minute));
    }

    [Fact]
    public void What_is_asked_of_the_API_is_what_was_chosen()
    {
        var visitor = Guid.CreateVersion7();

        Assert.Equal("limit=50", new BoardQuery().Address(cursor: null, limit: 50));
        Assert.Equal(
            $"limit=9&state=failed&kind=default&visitorId={visitor}&search=01a2&cursor=a%2Bb",
            new BoardQuery(ImageState.Failed, EventImages: true, visitor, "01a2").Address("a+b", limit: 9));
    }

    private IEnumerable<ImageDetails> Search(string text) => _board.Search(text, image => $"{image.State}");

    private static ImageDetails Image(int minute) => new(
        Guid.CreateVersion7(Noon.AddMinutes(minute)), null, 1, ImageState.Clustered, 1, null, null, [], Noon.AddMinutes(minute), Noon.AddMinutes(minute));
}
