using Repaint.Console.Photograph;

namespace Repaint.Tests.Console;

public sealed class VisitorCodeTests
{
    private static readonly Guid Event = Guid.Parse("01a20ad5-b0a9-7c96-b3a5-58e7ea2dff01");
    private static readonly Guid Visitor = Guid.Parse("01a20ad5-b0a9-7c96-b3a5-58e7ea2dff02");

    [Theory]
    [InlineData("https://repaint.example/?event=01a20ad5-b0a9-7c96-b3a5-58e7ea2dff01&visitor=01a20ad5-b0a9-7c96-b3a5-58e7ea2dff02")]
    [InlineData("https://repaint.example/#event=01a20ad5-b0a9-7c96-b3a5-58e7ea2dff01&visitor=01a20ad5-b0a9-7c96-b3a5-58e7ea2dff02")]
    [InlineData("REPAINT:01A20AD5B0A97C96B3A558E7EA2DFF01:01A20AD5B0A97C96B3A558E7EA2DFF02")]
    [InlineData(" 01a20ad5-b0a9-7c96-b3a5-58e7ea2dff01/01A20AD5-B0A9-7C96-B3A5-58E7EA2DFF02 ")]
    public void Reads_event_and_visitor(string text) =>
        Assert.Equal(new VisitorCode(Event, Visitor), VisitorCode.Parse(text, Guid.Empty));

    [Fact]
    public void A_typed_visitor_belongs_to_the_event_that_is_open() =>
        Assert.Equal(new VisitorCode(Event, Visitor), VisitorCode.Parse($"{Visitor}", Event));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("https://repaint.example/?event=01a20ad5-b0a9-7c96-b3a5-58e7ea2dff01")]
    [InlineData("https://repaint.example/#pick=abc")]
    [InlineData("javascript:alert(1)")]
    [InlineData("a/b")]
    public void Anything_else_is_nobodys_code(string? text) => Assert.Null(VisitorCode.Parse(text, Event));
}
