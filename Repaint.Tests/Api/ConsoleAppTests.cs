using System.Net;
using System.Net.Http.Headers;

namespace Repaint.Tests.Api;

/// <summary>How the staff console reaches browsers.</summary>
public sealed class ConsoleAppTests(ApiHost api) : IClassFixture<ApiHost>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/console/")]
    [InlineData("/console/events/01a20ad5-b0a9-7c96-b3a5-58e7ea2dff01/board")]
    [InlineData("/console/..%2f..%2fRepaint.Api.dll")]
    [InlineData("/console/appsettings.json")]
    public async Task Every_address_that_is_no_file_of_the_console_is_its_page_under_a_strict_policy(string address)
    {
        using var client = api.Client();

        using var response = await client.GetAsync(new Uri(address, UriKind.Relative), Cancellation);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("text/html", response.Content.Headers.ContentType?.MediaType);
        Assert.Contains("<base href=\"/console/\">", await response.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
        var policy = Assert.Single(response.Headers.GetValues("Content-Security-Policy"));
        Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
        Assert.Contains("script-src 'self' 'wasm-unsafe-eval';", policy, StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("br")]
    [InlineData("gzip")]
    [InlineData(null)]
    public async Task Files_come_compressed_as_the_browser_can_and_unchanged_ones_not_at_all(string? coding)
    {
        using var client = api.Client();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/console/js/sign-in.js");
        if (coding is not null)
        {
            request.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue(coding));
        }

        using var response = await client.SendAsync(request, Cancellation);
        Assert.Equal(coding, response.Content.Headers.ContentEncoding.SingleOrDefault());
        Assert.Equal("text/javascript", response.Content.Headers.ContentType?.MediaType);
        Assert.True(response.Headers.CacheControl?.NoCache);

        using var again = new HttpRequestMessage(HttpMethod.Get, "/console/js/sign-in.js");
        again.Headers.IfNoneMatch.Add(response.Headers.ETag!);
        again.Headers.AcceptEncoding.ParseAdd(coding ?? "identity");
        using var unchanged = await client.SendAsync(again, Cancellation);

        Assert.Equal(HttpStatusCode.NotModified, unchanged.StatusCode);
    }

    [Fact]
    public async Task A_path_without_its_slash_is_sent_there()
    {
        using var client = api.Client();

        using var response = await client.GetAsync(new Uri("/console", UriKind.Relative), Cancellation);

        Assert.EndsWith("/console/", response.RequestMessage!.RequestUri!.AbsolutePath, StringComparison.Ordinal);
    }
}
