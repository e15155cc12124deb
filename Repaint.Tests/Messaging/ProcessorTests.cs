using Amqp;
using Amqp.Framing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Repaint.Contracts;
using Repaint.Contracts.Messages;
using Repaint.Messaging;
using Repaint.Tests.Infrastructure;

namespace Repaint.Tests.Messaging;

public sealed partial class ProcessorTests : IAsyncLifetime
{
    private readonly Inbox _inbox = new();
    private readonly Inbox _deadLetters = new();
    private TestBus _bus = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _bus = await TestBus.CreateAsync(TestQueues.With(maxDeliveryCount: 3));

    public ValueTask DisposeAsync() => _bus.DisposeAsync();

    [Fact]
    public async Task A_sent_message_reaches_its_handler_once()
    {
        await using var service = await StartAsync();
        var message = Inbox.Message();

        await service.Sender.SendAsync(message, Cancellation);

        var (received, context) = await _inbox.ReceiveAsync();
        Assert.Equal(message, received);
        Assert.Equal(QueueNames.Clustering, context.Queue);
        Assert.Equal(message.MessageId, context.MessageId);
        Assert.Equal(1, context.DeliveryCount);
        Assert.NotNull(context.EnqueuedAt);
        Assert.Null(context.DeadLetter);
    }

    [Fact]
    public async Task A_handler_that_fails_gets_the_message_again_and_then_it_is_dead_lettered()
    {
        _inbox.Handle = (_, _, _) => throw new InvalidOperationException("not today");
        await using var service = await StartAsync();
        var message = Inbox.Message();

        await service.Sender.SendAsync(message, Cancellation);

        var deliveries = new List<int>();
        for (var delivery = 1; delivery <= 3; delivery++)
        {
            deliveries.Add((await _inbox.ReceiveAsync()).Context.DeliveryCount);
        }

        var (dead, context) = await _deadLetters.ReceiveAsync();
        Assert.Equal([1, 2, 3], deliveries);
        Assert.Equal(message, dead);
        Assert.Equal(DeadLetterReasons.MaxDeliveryCountExceeded, context.DeadLetter?.Reason);
        Assert.Equal(QueueNames.Clustering, context.Queue);
        Assert.True(_inbox.IsEmpty);
    }

    [Fact]
    public async Task A_permanent_failure_is_dead_lettered_at_once_with_its_reason()
    {
        _inbox.Handle = (_, _, _) => throw new PermanentMessageException(FailureReasons.Corrupt, "not a picture");
        await using var service = await StartAsync();

        await service.Sender.SendAsync(Inbox.Message(), Cancellation);

        var (_, context) = await _deadLetters.ReceiveAsync();
        Assert.Equal(new DeadLetterCause(FailureReasons.Corrupt, "not a picture"), context.DeadLetter);
        await _inbox.ReceiveAsync();
        Assert.True(_inbox.IsEmpty);
    }

    [Theory]
    [InlineData("something-else", """{"schemaVersion":1}""", DeadLetterReasons.UnknownSubject)]
    [InlineData("cluster-image", """{"schemaVersion":2,"shape":"new"}""", DeadLetterReasons.NewerSchema)]
    [InlineData("cluster-image", """{"schemaVersion":1}""", DeadLetterReasons.Undecodable)]
    [InlineData("cluster-image", "not json", DeadLetterReasons.Undecodable)]
    [InlineData("cluster-image", "null", DeadLetterReasons.Undecodable)]
    public async Task What_cannot_be_understood_is_dead_lettered(string subject, string body, string reason)
    {
        await using var service = await StartAsync();
        await using var raw = await RawClient.ConnectAsync(_bus);

        await raw.SendAsync(QueueNames.Clustering, new Message
        {
            Properties = new Properties { MessageId = "1", Subject = subject },
            BodySection = new Data { Binary = System.Text.Encoding.UTF8.GetBytes(body) },
        });

        // The dead-letter processor cannot understand it either: it is set aside there, and comes to no handler.
        await Poll.UntilAsync(async () => await _bus.ReadAsync<string>(
            "SELECT dead_letter_reason FROM messages WHERE queue = 'clustering/$deadletterqueue' AND deferred = 1") == reason);
        Assert.True(_inbox.IsEmpty);
        Assert.True(_deadLetters.IsEmpty);
    }

    [Fact]
    public async Task A_lock_is_renewed_as_long_as_the_handler_works()
    {
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await _bus.DisposeAsync();
        _bus = await TestBus.CreateAsync(TestQueues.With(lockDuration: "PT1M"), clock);
        var mayFinish = new TaskCompletionSource();
        _inbox.Handle = (_, _, cancellation) => mayFinish.Task.WaitAsync(cancellation);
        var log = new RecordedLog();
        await using var service = await StartAsync(clock, log);
        await service.Sender.SendAsync(Inbox.Message(), Cancellation);
        await _inbox.ReceiveAsync();

        // Two and more locks later it is still ours; the clock never comes near the end of the lock by itself.
        var started = clock.GetUtcNow();
        var until = started + TimeSpan.FromMinutes(1);
        while (clock.GetUtcNow() < started + TimeSpan.FromMinutes(2.5))
        {
            await Poll.UntilAsync(() =>
            {
                if (Renewed() <= until && clock.GetUtcNow() + TimeSpan.FromSeconds(10) < until)
                {
                    clock.Advance(TimeSpan.FromSeconds(1));
                }

                return Task.FromResult(Renewed() > until);
            });
            until = Renewed();
        }

        mayFinish.SetResult();

        await _bus.WaitUntilEmptyAsync();
        Assert.True(_inbox.IsEmpty);

        DateTimeOffset Renewed() => log.Last("Renewed", "Until") as DateTimeOffset? ?? DateTimeOffset.MinValue;
    }

    [Fact]
    public async Task A_handler_that_exceeds_the_time_limit_is_cancelled_and_the_message_tried_again()
    {
        _inbox.Handle = (_, context, cancellation) =>
            context.DeliveryCount == 1 ? Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellation) : Task.CompletedTask;
        await using var service = await StartAsync(("Messaging:Processors:clustering:TimeLimit", "00:00:00.2"));

        await service.Sender.SendAsync(Inbox.Message(), Cancellation);

        Assert.Equal(1, (await _inbox.ReceiveAsync()).Context.DeliveryCount);
        Assert.Equal(2, (await _inbox.ReceiveAsync()).Context.DeliveryCount);
        await _bus.WaitUntilEmptyAsync();
    }

    [Fact]
    public async Task Health_follows_the_broker()
    {
        await using var service = await StartAsync();
        var health = service.Services.GetRequiredService<HealthCheckService>();
        Assert.Equal(HealthStatus.Healthy, (await health.CheckHealthAsync(Cancellation)).Status);

        await _bus.StopAsync();
        await Poll.UntilAsync(async () => (await health.CheckHealthAsync(Cancellation)).Status == HealthStatus.Unhealthy);

        await _bus.StartAsync();
        await Poll.UntilAsync(async () => (await health.CheckHealthAsync(Cancellation)).Status == HealthStatus.Healthy);
    }

    [Fact]
    public async Task Who_may_not_receive_is_not_healthy()
    {
        await using var service = await TestService.StartAsync(_bus.ConnectionStringWith("not-the-key-of-this-bus"), messaging =>
        {
            messaging.Host.Services.AddSingleton(_inbox);
            messaging.AddProcessor(QueueNames.Clustering, processor => processor.Handle<ClusterImage, Inbox.Handler>());
        });
        var health = service.Services.GetRequiredService<HealthCheckService>();

        await Poll.UntilAsync(async () => (await health.CheckHealthAsync(Cancellation)).Status == HealthStatus.Unhealthy);

        var report = await health.CheckHealthAsync(Cancellation);
        Assert.Contains("not receiving from clustering", report.Entries[ResourceNames.Messaging].Description, StringComparison.Ordinal);
    }

    private Task<TestService> StartAsync(params (string Key, string Value)[] settings) => StartAsync(clock: null, log: null, settings);

    private Task<TestService> StartAsync(TimeProvider? clock, ILoggerProvider? log, params (string Key, string Value)[] settings) => TestService.StartAsync(
        _bus.ConnectionString,
        messaging =>
        {
            if (clock is not null)
            {
                messaging.Host.Services.AddSingleton(clock);
            }

            if (log is not null)
            {
                messaging.Host.Services.AddSingleton(log);
            }

            messaging.Host.Services.AddSingleton(_inbox);
            messaging.Host.Services.AddKeyedSingleton("dead", _deadLetters);
            messaging.AddProcessor(QueueNames.Clustering, processor => processor
                .Configure(options => options.RetryDelay = TimeSpan.FromMilliseconds(1))
                .Handle<ClusterImage, Inbox.Handler>());
            messaging.AddDeadLetterProcessor(QueueNames.Clustering, processor => processor
                .Handle<ClusterImage, Inbox.DeadLetterHandler>());
        },
        settings);
}
