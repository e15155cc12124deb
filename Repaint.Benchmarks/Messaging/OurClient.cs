using System.Diagnostics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Repaint.Contracts;
using Repaint.Messaging;

namespace Repaint.Benchmarks.Messaging;

/// <summary><c>Repaint.Messaging</c> as a service uses it; a new host each time, as the peer is a new process.</summary>
internal static class OurClient
{
    public static async Task<double> SendAsync(string connectionString, int count, int outstanding, CancellationToken cancellationToken)
    {
        using var host = await StartAsync(connectionString, concurrency: 0, cancellationToken);
        var started = Stopwatch.GetTimestamp();
        await SendAsync(host, count, outstanding, cancellationToken);
        var rate = count / Stopwatch.GetElapsedTime(started).TotalSeconds;
        await host.StopAsync(cancellationToken);
        return rate;
    }

    public static async Task<double> FlowAsync(
        string connectionString, int count, int outstanding, int concurrency, CancellationToken cancellationToken)
    {
        using var host = await StartAsync(connectionString, concurrency, cancellationToken);
        var all = host.Services.GetRequiredService<Arrivals>().Expect(count);
        var started = Stopwatch.GetTimestamp();
        await SendAsync(host, count, outstanding, cancellationToken);
        await all.WaitAsync(cancellationToken);
        var rate = count / Stopwatch.GetElapsedTime(started).TotalSeconds;
        await host.StopAsync(cancellationToken);
        return rate;
    }

    /// <param name="connectionString">The bus.</param>
    /// <param name="count">How many messages.</param>
    /// <param name="rate">A second; 0: the next when the last has been handled.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<IReadOnlyCollection<double>> LatencyAsync(
        string connectionString, int count, double rate, CancellationToken cancellationToken)
    {
        using var host = await StartAsync(connectionString, concurrency: 32, cancellationToken);
        var sender = host.Services.GetRequiredService<IMessageSender>();
        var arrivals = host.Services.GetRequiredService<Arrivals>();
        var run = Guid.CreateVersion7().ToString("N");
        var latencies = new List<double>();
        if (rate == 0)
        {
            for (var number = 0; number < count; number++)
            {
                var one = arrivals.Expect(1);
                arrivals.Sending(number);
                await sender.SendAsync(new Ping(run, number), cancellationToken);
                await one.WaitAsync(cancellationToken);
                latencies.AddRange(arrivals.Milliseconds);
            }
        }
        else
        {
            var all = arrivals.Expect(count);
            var sends = new List<Task>(count);
            var started = Stopwatch.GetTimestamp();
            while (sends.Count < count)
            {
                while (sends.Count < Math.Min(count, Stopwatch.GetElapsedTime(started).TotalSeconds * rate))
                {
                    arrivals.Sending(sends.Count);
                    sends.Add(sender.SendAsync(new Ping(run, sends.Count), cancellationToken));
                }

                await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, cancellationToken);
            }

            await Task.WhenAll([all, .. sends]).WaitAsync(cancellationToken);
            latencies.AddRange(arrivals.Milliseconds);
        }

        await host.StopAsync(cancellationToken);
        return latencies;
    }

    private static async Task SendAsync(IHost host, int count, int outstanding, CancellationToken cancellationToken)
    {
        var sender = host.Services.GetRequiredService<IMessageSender>();
        var run = Guid.CreateVersion7().ToString("N");
        var next = -1;
        await Task.WhenAll(Enumerable.Range(0, outstanding).Select(async _ =>
        {
            for (int number; (number = Interlocked.Increment(ref next)) < count;)
            {
                await sender.SendAsync(new Ping(run, number), cancellationToken);
            }
        }));
    }

    private static async Task<IHost> StartAsync(string connectionString, int concurrency, CancellationToken cancellationToken)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection([new($"ConnectionStrings:{ResourceNames.Messaging}", connectionString)]);
        builder.Services.AddMetrics();
        builder.Services.AddSingleton<Arrivals>();
        var messaging = builder.AddMessaging();
        if (concurrency > 0)
        {
            messaging.AddProcessor(QueueNames.Clustering, processor => processor
                .Configure(options => options.Concurrency = concurrency)
                .Handle<Ping, Arrivals.Handler>());
        }

        var host = builder.Build();
        await host.StartAsync(cancellationToken);
        return host;
    }
}
