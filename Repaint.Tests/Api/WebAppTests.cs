using System.Net;
using Repaint.Contracts.Http;

namespace Repaint.Tests.Api;

/// <summary>How the web apps are delivered.</summary>
public sealed class WebAppTests(ApiHost api) : IClassFixture<ApiHost>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_visitor_apps_page_has_a_policy_without_anything_inline()
    {
        using var client = api.Client();
        using var response = await client.GetAsync("/", Cancellation);
        var policy = Header(response, "Content-Security-Policy");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("text/html", response.Content.Headers.ContentType!.MediaType);
        Assert.StartsWith("default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self';", policy);
        Assert.DoesNotContain("unsafe-inline", policy);
        Assert.DoesNotContain("'unsafe-eval'", policy);
        Assert.Contains("frame-ancestors 'none'", policy);
        Assert.Contains("require-trusted-types-for 'script'", policy);
        Assert.Equal("no-referrer", Header(response, "Referrer-Policy"));
        Assert.Equal("same-origin", Header(response, "Cross-Origin-Opener-Policy"));
        Assert.Contains("camera=(self)", Header(response, "Permissions-Policy"));
        Assert.Contains("geolocation=()", Header(response, "Permissions-Policy"));
    }

    [Theory]
    [InlineData("/js/main.js", "text/javascript")]
    [InlineData("/css/tokens.css", "text/css")]
    [InlineData("/lib/zxing/zxing_reader.wasm", "application/wasm")]
    [InlineData("/manifest.webmanifest", "application/manifest+json")]
    [InlineData("/service-worker.js", "text/javascript")]
    [InlineData("/service-worker-assets.js", "text/javascript")]
    public async Task The_visitor_apps_files_come_compressed_and_with_their_type(string path, string type)
    {
        using var client = api.Client();
        client.DefaultRequestHeaders.AcceptEncoding.ParseAdd("gzip");
        using var response = await client.GetAsync(path, Cancellation);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(type, response.Content.Headers.ContentType!.MediaType);
        Assert.Equal(["gzip"], response.Content.Headers.ContentEncoding);
        Assert.NotNull(response.Headers.ETag);
        Assert.Equal("nosniff", Header(response, "X-Content-Type-Options"));
        Assert.Equal("same-origin", Header(response, "Cross-Origin-Resource-Policy"));
    }

    [Fact]
    public async Task What_is_no_file_is_a_problem_not_a_page()
    {
        using var client = api.Client();
        using var response = await client.GetAsync("/js/none.js", Cancellation);
        await ApiHost.AssertProblemAsync(404, ErrorCodes.NotFound, response);
    }

    [Fact]
    public async Task A_visitors_code_names_event_and_visitor_and_nothing_else()
    {
        var row = await api.CreateEventAsync();
        var visitor = await api.JoinAsync(row.Id);
        using var client = api.Client(visitor.Token);
        using var response = await client.GetAsync("/api/visitors/me/qr.svg", Cancellation);
        var expected = Repaint.Api.QrCodes.QrSvg.Draw(new Contracts.VisitorQr(row.Id, visitor.VisitorId).ToString());

        Assert.Equal("image/svg+xml", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal(expected, await response.Content.ReadAsStringAsync(Cancellation));
        Assert.True(Contracts.VisitorQr.TryParse($"repaint:{row.Id:N}:{visitor.VisitorId:N}", out var parsed));
        Assert.Equal(new(row.Id, visitor.VisitorId), parsed);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("REPAINT:")]
    [InlineData("REPAINT:0:0")]
    [InlineData("REPAINT:00000000000000000000000000000000:00000000000000000000000000000000:0")]
    [InlineData("https://example.org/#pick=code")]
    public void What_is_no_visitors_code_is_not_read_as_one(string? text) => Assert.False(Contracts.VisitorQr.TryParse(text, out _));

    private static string Header(HttpResponseMessage response, string name) => Assert.Single(response.Headers.GetValues(name));
}
