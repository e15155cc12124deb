using System.Net;
using Repaint.Local.Demo;

namespace Repaint.Tests.Local;

public sealed class RefusalTests
{
    [Fact]
    public void A_problem_is_told_in_its_own_words() => Assert.Equal(
        "That is no picture. (PUT /photo answers 415 image-type-unsupported, trace 0af7.)",
        ApiClient.Refusal(HttpMethod.Put, "/photo", HttpStatusCode.UnsupportedMediaType,
            """{"title":"Unsupported Media Type","detail":"That is no picture.","code":"image-type-unsupported","traceId":"0af7"}"""));

    [Theory]
    [InlineData("")]
    [InlineData("<html>Bad gateway</html>")]
    [InlineData("null")]
    [InlineData("{\"title\":\"Bad Gateway\"}")]
    public void Anything_else_as_it_came(string body) => Assert.Equal(
        $"GET /events: 502 {body}", ApiClient.Refusal(HttpMethod.Get, "/events", HttpStatusCode.BadGateway, body));
}
