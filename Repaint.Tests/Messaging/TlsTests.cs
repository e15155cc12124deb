using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Repaint.Contracts;
using Repaint.Contracts.Messages;
using Repaint.Messaging;
using Repaint.Tests.Infrastructure;

namespace Repaint.Tests.Messaging;

public sealed class TlsTests : IAsyncLifetime
{
    private readonly TestAuthority _authority = new();
    private TestBus _bus = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    // As for a namespace in the cloud: without the word about the emulator it is TLS.
    private string ConnectionString => _bus.ConnectionString.Replace(";UseDevelopmentEmulator=true", "", StringComparison.Ordinal);

    public async ValueTask InitializeAsync() =>
        _bus = await TestBus.CreateAsync(settings: [("CertificateFile", _authority.CertificateFile)]);

    public async ValueTask DisposeAsync()
    {
        await _bus.DisposeAsync();
        _authority.Dispose();
    }

    [Fact]
    public async Task A_message_goes_and_comes_over_tls()
    {
        var inbox = new Inbox();
        await using var service = await TestService.StartAsync(
            ConnectionString,
            messaging =>
            {
                messaging.Host.Services.AddSingleton(inbox);
                messaging.AddProcessor(QueueNames.Clustering, processor => processor.Handle<ClusterImage, Inbox.Handler>());
            },
            ("Messaging:CertificateAuthorityFile", _authority.AuthorityFile));
        var message = Inbox.Message();

        await service.Sender.SendAsync(message, Cancellation);

        Assert.Equal(message, (await inbox.ReceiveAsync()).Message);
        await _bus.WaitUntilEmptyAsync();
    }

    [Fact]
    public async Task A_broker_whose_authority_is_unknown_is_not_talked_to() => await RefusesAsync(ConnectionString);

    [Fact]
    public async Task A_broker_of_another_authority_is_not_talked_to()
    {
        using var other = new TestAuthority();
        await RefusesAsync(ConnectionString, ("Messaging:CertificateAuthorityFile", other.AuthorityFile));
    }

    [Fact]
    public async Task A_certificate_for_another_name_is_refused()
    {
        await using var proxy = new TcpProxy(_bus.Port, IPAddress.Parse("127.0.0.2"));
        await RefusesAsync(
            ConnectionString.Replace($"127.0.0.1:{_bus.Port}", $"127.0.0.2:{proxy.Port}", StringComparison.Ordinal),
            ("Messaging:CertificateAuthorityFile", _authority.AuthorityFile));
    }

    [Fact]
    public async Task A_plain_client_gets_nowhere() => await RefusesAsync(_bus.ConnectionString, ("Messaging:OpenTimeout", "00:00:05"));

    private static async Task RefusesAsync(string connectionString, params (string Key, string Value)[] settings)
    {
        await using var service = await TestService.StartAsync(connectionString, configure: null, [.. settings, ("Messaging:SendTries", "1")]);

        await Assert.ThrowsAsync<MessagingException>(() => service.Sender.SendAsync(Inbox.Message(), Cancellation));
    }
}
