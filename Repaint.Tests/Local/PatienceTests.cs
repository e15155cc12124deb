using System.Net;
using Microsoft.Extensions.Time.Testing;
using Repaint.Local;
using Repaint.Local.Demo;

namespace Repaint.Tests.Local;

public sealed class PatienceTests
{
    [Fact]
    public async Task What_it_says_when_it_gives_up_names_no_token()
    {
        var time = new FakeTimeProvider { AutoAdvanceAmount = TimeSpan.FromMinutes(4) };
        using var client = new HttpClient(new Unavailable());

        var failure = await Assert.ThrowsAsync<LocalException>(() => new Patience(time).SendAsync(
            client,
            _ => Task.FromResult(new HttpRequestMessage(HttpMethod.Get, "http://127.0.0.1/images/1?token=secret")),
            TestContext.Current.CancellationToken));

        Assert.Contains("http://127.0.0.1/images/1 answers 503", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", failure.Message, StringComparison.Ordinal);
    }

    private sealed class Unavailable : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(new HttpResponseMessage(HttpStatusCode.ServiceUnavailable));
    }
}
