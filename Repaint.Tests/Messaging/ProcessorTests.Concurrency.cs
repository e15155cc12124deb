using Amqp;
using Repaint.Contracts;
using Repaint.Tests.Infrastructure;

namespace Repaint.Tests.Messaging;

// How many messages a processor works on at once.
public sealed partial class ProcessorTests
{
    [Fact]
    public async Task No_more_than_the_free_slots_are_taken_from_the_queue()
    {
        var mayFinish = new TaskCompletionSource();
        _inbox.Handle = (_, _, _) => mayFinish.Task;
        await using var service = await StartAsync(("Messaging:Processors:clustering:Concurrency", "2"));
        for (var sent = 0; sent < 5; sent++)
        {
            await service.Sender.SendAsync(Inbox.Message(), Cancellation);
        }

        await _inbox.ReceiveAsync();
        await _inbox.ReceiveAsync();
        await using var raw = await RawClient.ConnectAsync(_bus);
        var others = new List<Message>();
        for (var other = 0; other < 3; other++)
        {
            others.Add(await raw.ReceiveAsync(QueueNames.Clustering));
        }

        Assert.All(others, Assert.NotNull);
        Assert.True(_inbox.IsEmpty);
        mayFinish.SetResult();
    }

    [Fact]
    public async Task All_slots_are_used_after_some_have_become_free_one_by_one()
    {
        const int Slots = 8;
        var running = 0;
        var full = new TaskCompletionSource();
        var finished = 0;
        _inbox.Handle = async (_, _, _) =>
        {
            if (Interlocked.Increment(ref finished) <= Slots + 3)
            {
                return;
            }

            if (Interlocked.Increment(ref running) == Slots)
            {
                full.SetResult();
            }

            await full.Task;
        };
        await using var service = await StartAsync(("Messaging:Processors:clustering:Concurrency", $"{Slots}"));
        for (var sent = 0; sent < Slots + 3; sent++)
        {
            await service.Sender.SendAsync(Inbox.Message(), Cancellation);
        }

        for (var sent = 0; sent < Slots; sent++)
        {
            await service.Sender.SendAsync(Inbox.Message(), Cancellation);
        }

        await full.Task.WaitAsync(TimeSpan.FromMinutes(3), Cancellation);
        await _bus.WaitUntilEmptyAsync();
    }

    [Fact]
    public async Task A_second_try_runs_alone()
    {
        var running = 0;
        var together = 0;
        var firstFails = Inbox.Message();
        _inbox.Handle = async (message, context, cancellation) =>
        {
            var now = Interlocked.Increment(ref running);
            if (message == firstFails && context.DeliveryCount == 1)
            {
                Interlocked.Decrement(ref running);
                throw new InvalidOperationException("first try");
            }

            // Long enough for the others to come in beside it if they could.
            for (var yields = 0; yields < 200; yields++)
            {
                await Task.Yield();
                if (message == firstFails)
                {
                    together = Math.Max(together, Volatile.Read(ref running));
                }
            }

            Interlocked.Decrement(ref running);
        };
        await using var service = await StartAsync(("Messaging:Processors:clustering:Concurrency", "8"));

        await service.Sender.SendAsync(firstFails, Cancellation);
        for (var sent = 0; sent < 200; sent++)
        {
            await service.Sender.SendAsync(Inbox.Message(), Cancellation);
        }

        await _bus.WaitUntilEmptyAsync();
        Assert.Equal(1, together);
    }
}
