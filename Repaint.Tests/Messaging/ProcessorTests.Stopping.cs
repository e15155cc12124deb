using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Repaint.Contracts;
using Repaint.Tests.Infrastructure;

namespace Repaint.Tests.Messaging;

// What becomes of work under way when a process ends.
public sealed partial class ProcessorTests
{
    [Fact]
    public async Task Stopping_waits_for_what_is_under_way()
    {
        var mayFinish = new TaskCompletionSource();
        _inbox.Handle = (_, _, _) => mayFinish.Task;
        await using var service = await StartAsync();
        await service.Sender.SendAsync(Inbox.Message(), Cancellation);
        await _inbox.ReceiveAsync();

        var stopping = service.StopAsync();
        Assert.False(stopping.IsCompleted);
        mayFinish.SetResult();
        await stopping;

        Assert.Equal(0, await _bus.CountAsync());
    }

    [Fact]
    public async Task Stopping_gives_back_what_does_not_end_in_time()
    {
        _inbox.Handle = (_, _, cancellation) => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellation);
        await using var service = await StartAsync(("Messaging:Processors:clustering:StopGrace", "00:00:00.1"));
        await service.Sender.SendAsync(Inbox.Message(), Cancellation);
        await _inbox.ReceiveAsync();

        await service.StopAsync();

        await using var raw = await RawClient.ConnectAsync(_bus);
        Assert.Equal(1u, (await raw.ReceiveAsync(QueueNames.Clustering)).Header.DeliveryCount);
    }

    [Fact]
    public async Task Stopping_once_more_after_the_end_is_no_error()
    {
        var service = await StartAsync();
        var processors = service.Services.GetServices<IHostedService>().ToArray();
        await service.DisposeAsync();

        foreach (var processor in processors)
        {
            await processor.StopAsync(Cancellation);
        }
    }
}
