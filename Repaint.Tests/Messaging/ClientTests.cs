using Microsoft.Extensions.DependencyInjection;
using Repaint.Contracts;
using Repaint.Contracts.Messages;
using Repaint.Messaging;
using Repaint.Tests.Infrastructure;

namespace Repaint.Tests.Messaging;

/// <summary>What the client promises on whatever broker. The queues are those of <c>queues.json</c>, and nobody else's.</summary>
public abstract class ClientTests : IAsyncLifetime
{
    private readonly Inbox _inbox = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    protected abstract string ConnectionString { get; }

    public abstract ValueTask InitializeAsync();

    public abstract ValueTask DisposeAsync();

    [Fact]
    public async Task A_message_is_handled_and_gone()
    {
        await using var service = await StartAsync();
        var message = Inbox.Message();

        await service.Sender.SendAsync(message, Cancellation);

        var (_, context) = await ReceiveAsync(message);
        Assert.Equal(1, context.DeliveryCount);
        Assert.Equal(message.MessageId, context.MessageId);
    }

    [Fact]
    public async Task A_hundred_at_once_all_come()
    {
        await using var service = await StartAsync();
        var messages = Enumerable.Range(0, 100).Select(_ => Inbox.Message()).ToHashSet();

        await Task.WhenAll(messages.Select(message => service.Sender.SendAsync(message, Cancellation)));

        while (messages.Count > 0)
        {
            messages.Remove((await _inbox.ReceiveAsync()).Message);
        }
    }

    [Fact]
    public async Task A_batch_larger_than_one_transfer_comes_whole()
    {
        await using var service = await StartAsync();
        var messages = Enumerable.Range(0, 500).Select(_ => Inbox.Message()).ToHashSet();

        await service.Sender.SendBatchAsync(messages, Cancellation);

        while (messages.Count > 0)
        {
            messages.Remove((await _inbox.ReceiveAsync()).Message);
        }
    }

    [Fact]
    public async Task A_scheduled_message_is_not_there_before_it_is_due()
    {
        await using var service = await StartAsync();
        var due = TimeProvider.System.GetUtcNow().AddSeconds(2);
        var later = Inbox.Message();
        await service.Sender.ScheduleAsync(later, due, Cancellation);
        var now = Inbox.Message();
        await service.Sender.SendAsync(now, Cancellation);

        await ReceiveAsync(now);
        var (_, context) = await ReceiveAsync(later);
        // The protocol carries whole milliseconds.
        Assert.True(context.EnqueuedAt >= due.AddMilliseconds(-1));
    }

    [Fact]
    public async Task The_same_id_twice_is_handled_once()
    {
        await using var service = await StartAsync();
        var message = Inbox.Message();
        await service.Sender.SendAsync(message, Cancellation);
        await ReceiveAsync(message);

        await service.Sender.SendAsync(message, Cancellation);
        var later = Inbox.Message();
        await service.Sender.SendAsync(later, Cancellation);

        var received = (await _inbox.ReceiveAsync()).Message;
        Assert.Equal(later, received);
    }

    [Fact]
    public async Task What_fails_once_comes_again()
    {
        var message = Inbox.Message();
        _inbox.Handle = (received, context, _) =>
            received == message && context.DeliveryCount == 1 ? throw new InvalidOperationException("first try") : Task.CompletedTask;
        await using var service = await StartAsync();

        await service.Sender.SendAsync(message, Cancellation);

        Assert.Equal(1, (await ReceiveAsync(message)).Context.DeliveryCount);
        Assert.Equal(2, (await ReceiveAsync(message)).Context.DeliveryCount);
    }

    [Fact]
    public async Task A_dead_letter_is_counted_looked_at_sent_again_and_thrown_away()
    {
        var message = Inbox.Message();
        var refuse = true;
        _inbox.Handle = (received, _, _) =>
            received == message && refuse ? throw new PermanentMessageException("corrupt", "not a picture") : Task.CompletedTask;
        await using var service = await StartAsync();
        using var letters = DeadLetterQueue.Open(QueueNames.Clustering, ConnectionString, new MessagingOptions());
        var before = await letters.CountAsync(Cancellation);
        await service.Sender.SendAsync(message, Cancellation);
        await ReceiveAsync(message);

        var dead = await WaitForAsync(letters, message.MessageId);
        Assert.Equal(before + 1, await letters.CountAsync(Cancellation));
        Assert.Equal(new DeadLetterCause("corrupt", "not a picture"), dead.Cause);
        Assert.Equal(ClusterImage.Subject, dead.Subject);
        Assert.Contains(message.ImageId.ToString(), dead.Body, StringComparison.Ordinal);

        // Sent again within the window in which the broker drops what has a known id: it has to come all the same.
        Assert.Equal(1, await letters.RedriveAsync(letter => letter.SequenceNumber == dead.SequenceNumber, Cancellation));
        Assert.NotEqual(message.MessageId, (await ReceiveAsync(message)).Context.MessageId);
        dead = await WaitForAsync(letters, message.MessageId);
        refuse = false;
        Assert.Equal(1, await letters.DiscardAsync(letter => letter.SequenceNumber == dead.SequenceNumber, Cancellation));
        Assert.Equal(before, await letters.CountAsync(Cancellation));
    }

    [Fact]
    public async Task What_a_dead_letter_processor_has_set_aside_can_be_sent_again()
    {
        var message = Inbox.Message();
        var refuse = true;
        _inbox.Handle = (received, _, _) =>
            received == message && refuse ? throw new PermanentMessageException("corrupt", "not a picture") : Task.CompletedTask;
        await using var service = await StartAsync(messaging => messaging.AddDeadLetterProcessor(
            QueueNames.Clustering, processor => processor.Handle<ClusterImage, Inbox.Handler>()));
        using var letters = DeadLetterQueue.Open(QueueNames.Clustering, ConnectionString, new MessagingOptions());
        await service.Sender.SendAsync(message, Cancellation);
        await ReceiveAsync(message);
        await ReceiveAsync(message);
        var dead = await WaitForAsync(letters, message.MessageId, setAside: true);

        refuse = false;
        Assert.Equal(1, await letters.RedriveAsync(letter => letter.SequenceNumber == dead.SequenceNumber, Cancellation));

        Assert.Equal(1, (await ReceiveAsync(message)).Context.DeliveryCount);
    }

    private static async Task<DeadLetter> WaitForAsync(DeadLetterQueue letters, string messageId, bool setAside = false)
    {
        DeadLetter? found = null;
        await Poll.UntilAsync(async () =>
        {
            found = await letters.PeekAsync(Cancellation)
                .LastOrDefaultAsync(letter => letter.MessageId.StartsWith(messageId, StringComparison.Ordinal) && letter.IsSetAside == setAside, Cancellation);
            return found is not null;
        });
        return found!;
    }

    private async Task<(ClusterImage Message, MessageContext Context)> ReceiveAsync(ClusterImage message)
    {
        while (true)
        {
            // A namespace may hold what an earlier run left.
            var received = await _inbox.ReceiveAsync();
            if (received.Message == message)
            {
                return received;
            }
        }
    }

    private Task<TestService> StartAsync(Action<MessagingBuilder>? more = null) => TestService.StartAsync(
        ConnectionString,
        messaging =>
        {
            messaging.Host.Services.AddSingleton(_inbox);
            messaging.AddProcessor(QueueNames.Clustering, processor => processor
                .Configure(options =>
                {
                    options.Concurrency = 8;
                    options.RetryDelay = TimeSpan.FromMilliseconds(1);
                })
                .Handle<ClusterImage, Inbox.Handler>());
            more?.Invoke(messaging);
        });
}

/// <summary>On the local bus.</summary>
public sealed class LocalBusClientTests : ClientTests
{
    private TestBus _bus = null!;

    protected override string ConnectionString => _bus.ConnectionString;

    public override async ValueTask InitializeAsync() => _bus = await TestBus.CreateAsync();

    public override ValueTask DisposeAsync() => _bus.DisposeAsync();
}

/// <summary>On a real namespace, when there is one.</summary>
public sealed class NamespaceClientTests : ClientTests
{
    private const string Variable = "REPAINT_SERVICEBUS";

    protected override string ConnectionString => Environment.GetEnvironmentVariable(Variable)!;

    public override ValueTask InitializeAsync()
    {
        Assert.SkipWhen(
            string.IsNullOrEmpty(Environment.GetEnvironmentVariable(Variable)),
            $"Not run: {Variable} holds no connection string of a Service Bus namespace with the queues of queues.json.");
        return ValueTask.CompletedTask;
    }

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
