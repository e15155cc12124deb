using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using Repaint.Tests.Gateway;

namespace Repaint.Tests.Api;

public sealed class MalformedBodyTests(ApiHost api) : IClassFixture<ApiHost>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("PUT", "photo")]
    [InlineData("POST", "images")]
    public async Task A_body_that_cannot_be_read_is_answered_and_is_no_error_of_ours(string method, string what)
    {
        using var logs = new CapturedLogs();
        var (factory, address) = api.StartInstance(builder => builder.ConfigureLogging(logging => logging.AddProvider(logs)));
        await using var instance = factory;
        var row = await api.CreateEventAsync();
        var joined = await api.JoinAsync(row.Id);
        var path = what == "photo" ? $"/api/staff/events/{row.Id}/visitors/{joined.VisitorId}/photo" : $"/api/staff/events/{row.Id}/images";
        using var client = new TcpClient();
        await client.ConnectAsync(address.Host, address.Port, Cancellation);
        await using var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            $"{method} {path} HTTP/1.1\r\nHost: {address.Authority}\r\nAuthorization: Bearer {api.Authority.Token(ApiHost.Owner)}\r\n"
            + "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\nthis is no chunk\r\n"), Cancellation);
        using var reader = new StreamReader(stream, Encoding.ASCII);
        var answer = await reader.ReadToEndAsync(Cancellation);
        Assert.StartsWith("HTTP/1.1 400 ", answer, StringComparison.Ordinal);
        Assert.Contains("invalid-request", answer, StringComparison.Ordinal);
        Assert.DoesNotContain(logs.Lines, line => line.StartsWith("Error", StringComparison.Ordinal));
        Assert.DoesNotContain(logs.Lines, line => line.Contains("unhandled exception", StringComparison.OrdinalIgnoreCase));
    }
}
