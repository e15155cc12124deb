using System.Security.Cryptography;
using System.Text;
using Azure.Core;
using Microsoft.Extensions.Time.Testing;
using Repaint.Messaging.Connections;

namespace Repaint.Tests.Messaging;

public sealed class BusAddressTests
{
    private const string Key = "SharedAccessKeyName=name;SharedAccessKey=a2V5a2V5a2V5a2V5";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData($"Endpoint=sb://space.servicebus.windows.net/;{Key}", "space.servicebus.windows.net", 5671, true)]
    [InlineData($"Endpoint=sb://space.servicebus.windows.net;{Key};EntityPath=ignored", "space.servicebus.windows.net", 5671, true)]
    [InlineData($"Endpoint=sb://localhost;{Key};UseDevelopmentEmulator=true;", "localhost", 5672, false)]
    [InlineData($"Endpoint=sb://127.0.0.1:5088;{Key};UseDevelopmentEmulator=true", "127.0.0.1", 5088, false)]
    [InlineData($"endpoint=sb://bus.example:7000;{Key};usedevelopmentemulator=false", "bus.example", 7000, true)]
    public void A_connection_string_with_a_key_is_understood(string text, string host, int port, bool tls) =>
        Assert.Equal(new BusAddress(host, port, tls, "name", "a2V5a2V5a2V5a2V5"), BusAddress.Parse(text));

    [Theory]
    [InlineData("space.servicebus.windows.net")]
    [InlineData("space.servicebus.windows.net/")]
    [InlineData("https://space.servicebus.windows.net:443/")]
    [InlineData("sb://space.servicebus.windows.net")]
    [InlineData("Endpoint=sb://space.servicebus.windows.net")]
    public void A_namespace_alone_means_an_identity_and_tls(string text) =>
        Assert.Equal(new BusAddress("space.servicebus.windows.net", 5671, Tls: true, KeyName: null, Key: null), BusAddress.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("not a host")]
    [InlineData("SharedAccessKeyName=name;SharedAccessKey=secret-secret")]
    [InlineData("Endpoint=sb://space;SharedAccessKey=secret-secret")]
    [InlineData("Endpoint=sb://space;SharedAccessKeyName=name")]
    [InlineData("Endpoint=nowhere;SharedAccessKeyName=name;SharedAccessKey=secret-secret")]
    [InlineData("Endpoint=\"sb://space;SharedAccessKey=secret-secret")]
    public void What_is_neither_is_refused_without_quoting_the_key(string text)
    {
        var exception = Assert.Throws<FormatException>(() => BusAddress.Parse(text));

        Assert.DoesNotContain("secret", exception.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Its_text_holds_no_key() =>
        Assert.Equal("space:5671", BusAddress.Parse("Endpoint=sb://space;SharedAccessKeyName=name;SharedAccessKey=secret").ToString());

    [Fact]
    public async Task A_shared_access_signature_is_what_Service_Bus_defines()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.FromUnixTimeSeconds(1_800_000_000));
        var source = new SharedKeyTokenSource("na me", "the key", TimeSpan.FromHours(1), clock);

        var token = await source.GetAsync("sb://host/queue", Cancellation);

        var signature = Convert.ToBase64String(HMACSHA256.HashData(
            Encoding.UTF8.GetBytes("the key"), Encoding.UTF8.GetBytes("sb%3A%2F%2Fhost%2Fqueue\n1800003600")));
        Assert.Equal("servicebus.windows.net:sastoken", token.Type);
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(1_800_003_600), token.ExpiresAt);
        Assert.Equal(
            $"SharedAccessSignature sr=sb%3A%2F%2Fhost%2Fqueue&sig={Uri.EscapeDataString(signature)}&se=1800003600&skn=na%20me", token.Value);
    }

    [Fact]
    public async Task An_identity_is_asked_for_a_token_of_Service_Bus()
    {
        var expires = DateTimeOffset.FromUnixTimeSeconds(1_800_003_600);
        var credential = new TestCredential(_ => new AccessToken("entra-token", expires));

        var token = await new EntraTokenSource(credential).GetAsync("sb://host/queue", Cancellation);

        Assert.Equal(new BusToken("jwt", "entra-token", expires), token);
        Assert.Equal(["https://servicebus.azure.net/.default"], credential.Asked);
    }
}
