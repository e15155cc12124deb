using System.Diagnostics;
using System.Net;
using System.Text;
using Amqp;
using Amqp.Framing;
using Repaint.Contracts;
using Repaint.Tests.Infrastructure;

namespace Repaint.Tests.LocalBus;

public sealed class DurabilityTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Killed_it_loses_nothing_it_has_acknowledged()
    {
        const int Count = 500;
        using var folder = new TemporaryFolder("bus");
        var port = FreePort.Next();
        var health = FreePort.Next();
        var acknowledged = 0;
        using (var bus = await StartProcessAsync(folder.Path, port, health))
        {
            var client = await ConnectAsync(port);
            var link = new SenderLink(new Session(client), "sender", QueueNames.Clustering);
            var sends = Enumerable.Range(0, Count * 4).Select(async sent =>
            {
                await link.SendAsync(Text(sent), TimeSpan.FromSeconds(60));
                // In the middle of its work, with more on the way.
                if (Interlocked.Increment(ref acknowledged) == Count)
                {
                    bus.Kill();
                }
            }).ToArray();
            await Assert.ThrowsAnyAsync<Exception>(() => Task.WhenAll(sends));
            await bus.WaitForExitAsync(Cancellation);
        }

        using var again = await StartProcessAsync(folder.Path, port, health);
        var reader = await ConnectAsync(port);
        var receiver = new ReceiverLink(new Session(reader), "receiver", QueueNames.Clustering);
        receiver.SetCredit(100);
        var received = new List<int>();
        while (received.Count < acknowledged)
        {
            var message = await receiver.ReceiveAsync(TimeSpan.FromSeconds(30));
            Assert.NotNull(message);
            received.Add(int.Parse(Encoding.UTF8.GetString((byte[])message.Body)));
            receiver.Accept(message);
        }

        // One link's messages are stored in order: what was acknowledged is what comes first.
        Assert.True(acknowledged >= Count);
        Assert.Equal(Enumerable.Range(0, acknowledged), received);
        again.Kill();
        await again.WaitForExitAsync(Cancellation);
    }

    [Fact]
    public async Task Locks_end_with_the_bus_and_what_was_held_is_simply_waiting_again()
    {
        const int Count = 50;
        await using var bus = await TestBus.CreateAsync();
        var client = await RawClient.ConnectAsync(bus);
        var link = client.Receiver(QueueNames.Clustering);
        link.SetCredit(Count, CreditMode.Manual);
        for (var held = 0; held < Count; held++)
        {
            await client.SendAsync(QueueNames.Clustering, Text(held));
            await link.ReceiveAsync(TimeSpan.FromSeconds(30));
        }

        // With the receiver still there: the connection ends with an error, which must not be taken for its verdict.
        await bus.StopAsync();
        await bus.StartAsync();

        Assert.Equal(Count, await bus.ReadAsync<long>(
            "SELECT count(*) FROM messages WHERE queue = 'clustering' AND delivery_count = 0 AND dead_letter_reason IS NULL"));
        await using var after = await RawClient.ConnectAsync(bus);
        Assert.Equal(0u, (await after.ReceiveAsync(QueueNames.Clustering)).Header.DeliveryCount);
    }

    [Fact]
    public async Task A_damaged_database_is_a_clear_error()
    {
        await using var bus = await TestBus.CreateAsync();
        await bus.StopAsync();
        await bus.DamageAsync();

        var exception = await Assert.ThrowsAsync<InvalidDataException>(bus.StartAsync);

        Assert.Contains("cannot be used as the bus's database", exception.Message, StringComparison.Ordinal);
    }

    private static async Task<Process> StartProcessAsync(string folder, int port, int healthPort)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Repaint.LocalBus.dll")])
        {
            RedirectStandardOutput = true,
            Environment =
            {
                ["ASPNETCORE_URLS"] = $"http://127.0.0.1:{healthPort}",
                ["LocalBus__Port"] = port.ToString(),
                ["LocalBus__DataDirectory"] = folder,
                ["LocalBus__KeyName"] = TestBus.KeyName,
                ["LocalBus__Key"] = TestBus.Key,
            },
        };
        var process = Process.Start(start)!;
        process.OutputDataReceived += static (_, _) => { };
        process.BeginOutputReadLine();
        using var client = new HttpClient();
        await Poll.UntilAsync(async () =>
        {
            try
            {
                using var response = await client.GetAsync(new Uri($"http://127.0.0.1:{healthPort}/health"), Cancellation);
                return response.StatusCode == HttpStatusCode.OK;
            }
            catch (HttpRequestException)
            {
                Assert.False(process.HasExited, "The bus ended by itself.");
                return false;
            }
        });
        return process;
    }

    private static Task<Connection> ConnectAsync(int port) => new ConnectionFactory().CreateAsync(
        new Address("127.0.0.1", port, TestBus.KeyName, TestBus.Key, "/", "AMQP"));

    private static Message Text(int number) => new()
    {
        Properties = new Properties { MessageId = $"{number}" },
        BodySection = new Data { Binary = Encoding.UTF8.GetBytes($"{number}") },
    };
}
