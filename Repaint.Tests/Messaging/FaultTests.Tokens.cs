using Azure.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Repaint.Contracts;
using Repaint.Tests.Infrastructure;

namespace Repaint.Tests.Messaging;

// Tokens come to an end: signed with the key, or from an identity.
public sealed partial class FaultTests
{
    [Fact]
    public async Task Tokens_are_renewed_before_they_expire()
    {
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var bus = await TestBus.CreateAsync(time: clock);
        var inbox = new Inbox();
        var log = new RecordedLog();
        await using var service = await StartAsync(bus, bus.Port, inbox, log, clock);
        await service.Sender.SendAsync(Inbox.Message(), Cancellation);
        await inbox.ReceiveAsync();
        await bus.WaitUntilEmptyAsync();

        // One for sending, two for receiving: the queue and its management. Five minutes are left when they are due.
        clock.Advance(TimeSpan.FromMinutes(55.5));
        await Poll.UntilAsync(() => Task.FromResult(log.Count("TokenRenewed") >= 3));
        clock.Advance(TimeSpan.FromMinutes(9));

        // The bus looks at the token at every request to $management: with the first ones this could not be settled.
        var message = Inbox.Message();
        await service.Sender.SendAsync(message, Cancellation);
        Assert.Equal(message, (await inbox.ReceiveAsync()).Message);
        await bus.WaitUntilEmptyAsync();
        Assert.Equal(0, log.Count("TokenNotRenewed"));
    }

    [Fact]
    public async Task A_machine_that_slept_for_longer_than_its_tokens_last_shows_new_ones()
    {
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var bus = await TestBus.CreateAsync(TestQueues.With(lockDuration: "PT5M"), clock);
        var inbox = new Inbox();
        var log = new RecordedLog();
        await using var service = await StartAsync(bus, bus.Port, inbox, log, clock);
        await service.Sender.SendAsync(Inbox.Message(), Cancellation);
        await inbox.ReceiveAsync();
        await bus.WaitUntilEmptyAsync();

        // The clock has moved on, and no timer with it.
        clock.AdjustTime(clock.GetUtcNow().AddHours(2));
        await service.Sender.SendAsync(Inbox.Message(), Cancellation);
        await inbox.ReceiveAsync();
        await Passing(bus.WaitUntilEmptyAsync());
        Assert.True(inbox.IsEmpty);

        // The bus detaches what was attached with a token that has expired since.
        await Passing(Poll.UntilAsync(() => Task.FromResult(log.Count("LinkClosed") > 0)));
        // If that meets the settling of the message, the client's AMQP library closes the connection over it: as good.
        string?[] conditions = [Amqp.ErrorCode.UnauthorizedAccess, Amqp.ErrorCode.IllegalState];
        Assert.Contains(log.Last("LinkClosed", "Condition")?.ToString(), conditions);
        var message = Inbox.Message();
        await Passing(service.Sender.SendAsync(message, Cancellation));
        await Passing(bus.WaitUntilEmptyAsync());
        Assert.Equal(message, (await inbox.ReceiveAsync()).Message);

        Task Passing(Task task) => clock.UntilAsync(Task.Run(async () =>
        {
            await task;
            return true;
        }));
    }

    [Fact]
    public async Task The_token_of_an_identity_is_shown_as_one_and_renewed()
    {
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var broker = new BusyBroker(refusals: 0);
        var credential = new TestCredential(request => new AccessToken($"token {request}", clock.GetUtcNow().AddHours(1)));
        await using var service = await StartAsync(broker, credential, clock);

        await service.Sender.SendAsync(Inbox.Message(), Cancellation);

        Assert.Equal([new("jwt", $"sb://127.0.0.1/{QueueNames.Clustering}", "token 1")], broker.Tokens);
        clock.Advance(TimeSpan.FromMinutes(54));
        Assert.Single(broker.Tokens);
        clock.Advance(TimeSpan.FromMinutes(2));
        await Poll.UntilAsync(() => Task.FromResult(broker.Tokens.Count == 2));
        Assert.Equal("token 2", broker.Tokens[1].Value);
    }

    [Fact]
    public async Task An_identity_that_has_no_token_yet_is_asked_again()
    {
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var broker = new BusyBroker(refusals: 0);
        // Not an exception of the Azure libraries: a credential of one's own throws what it likes.
        var credential = new TestCredential(request => request == 1
            ? throw new InvalidOperationException("The identity is not assigned yet.")
            : new AccessToken($"token {request}", clock.GetUtcNow().AddHours(1)));
        await using var service = await StartAsync(broker, credential, clock);

        var sending = service.Sender.SendAsync(Inbox.Message(), Cancellation);
        await clock.UntilAsync(Task.Run(async () =>
        {
            await sending;
            return true;
        }));

        Assert.Equal("token 2", Assert.Single(broker.Tokens).Value);
    }

    private static Task<TestService> StartAsync(BusyBroker broker, TokenCredential credential, TimeProvider time) => TestService.StartAsync(
        $"Endpoint=sb://127.0.0.1:{broker.Port};UseDevelopmentEmulator=true",
        messaging =>
        {
            messaging.Host.Services.AddSingleton(credential);
            messaging.Host.Services.AddSingleton(time);
        });
}
