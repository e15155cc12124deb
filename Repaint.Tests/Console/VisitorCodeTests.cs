using Repaint.Console.Photograph;
using Repaint.Contracts;

namespace Repaint.Tests.Console;

public sealed class VisitorCodeTests
{
    private static readonly Guid Event = Guid.Parse("01a20ad5-b0a9-7c96-b3a5-58e7ea2dff01");
    private static readonly Guid Visitor = Guid.Parse("01a20ad5-b0a9-7c96-b3a5-58e7ea2dff02");

    [Fact]
    public void What_the_visitors_phone_shows_is_the_visitor() =>
        Assert.Equal(Visitor, VisitorCode.Parse(new VisitorQr(Event, Visitor).ToString(), Event));

    [Fact]
    public void A_code_of_another_event_is_nobodys_here() =>
        Assert.Null(VisitorCode.Parse(new VisitorQr(Guid.Parse("01a20ad5-b0a9-7c96-b3a5-58e7ea2dff03"), Visitor).ToString(), Event));

    [Fact]
    public void An_id_alone_is_of_the_event_that_is_open() => Assert.Equal(Visitor, VisitorCode.Parse($" {Visitor} ", Event));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("https://repaint.example/#pick=abc")]
    [InlineData("javascript:alert(1)")]
    [InlineData("EA2D-FF02")]
    public void Anything_else_is_nobodys_code(string? text) => Assert.Null(VisitorCode.Parse(text, Event));

    [Theory]
    [InlineData("EA2D-FF02")]
    [InlineData(" ea2d ff02 ")]
    [InlineData("ea2dff02")]
    public void A_short_code_is_read_however_it_is_typed(string typed)
    {
        Assert.Equal("EA2D-FF02", VisitorShortCode.Of(Visitor));
        Assert.True(VisitorShortCode.TryParse(typed, out var digits));
        Assert.Equal("ea2dff02", digits);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("EA2D-FF0")]
    [InlineData("EA2D-FF02-1")]
    [InlineData("%%%%-%%%%")]
    [InlineData("------------------------------------------ea2dff02")]
    public void What_is_no_short_code_is_not_read_as_one(string? typed) => Assert.False(VisitorShortCode.TryParse(typed, out _));
}
