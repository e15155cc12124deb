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
    [Fact]
    public async Task Killed_it_loses_nothing_it_has_acknowledged()
    {
        const int Count = 500;
        const int More = 20_000;
        using var folder = new TemporaryFolder("bus");
        var port = FreePort.Next();
        var acknowledged = 0;
        await using (var bus = await BusProcess.StartAsync(folder.Path, port))
        {
            var client = await ConnectAsync(port);
            var link = new SenderLink(new Session(client), "sender", QueueNames.Clustering);
            var sends = Enumerable.Range(0, Count + More).Select(async sent =>
            {
                await link.SendAsync(Text(sent), TimeSpan.FromSeconds(60));
                // In the middle of its work, with more on the way.
                if (Interlocked.Increment(ref acknowledged) == Count)
                {
                    bus.Kill();
                }
            }).ToArray();
            await Assert.ThrowsAnyAsync<Exception>(() => Task.WhenAll(sends));
        }

        await using var again = await BusProcess.StartAsync(folder.Path, port);
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
    public async Task A_full_store_refuses_what_is_sent_and_goes_on_giving_what_it_has()
    {
        await using var bus = await TestBus.CreateAsync(settings: [("MaxMegabytes", "2")]);
        await using var client = await RawClient.ConnectAsync(bus);
        var large = new byte[100 * 1024];
        var accepted = 0;
        var refusal = await Assert.ThrowsAsync<AmqpException>(async () =>
        {
            for (; accepted < 100; accepted++)
            {
                await client.SendAsync(QueueNames.Clustering, new Message { BodySection = new Data { Binary = large } });
            }
        });

        Assert.Equal(ErrorCode.ResourceLimitExceeded, (string)refusal.Error.Condition);
        Assert.True(accepted > 10);
        var link = client.Receiver(QueueNames.Clustering);
        link.SetCredit(accepted);
        for (var taken = 0; taken < accepted; taken++)
        {
            link.Accept(await link.ReceiveAsync(TimeSpan.FromSeconds(60)));
        }

        await bus.WaitUntilEmptyAsync();
        await client.SendAsync(QueueNames.Clustering, new Message { BodySection = new Data { Binary = large } });
    }

    [Fact]
    public async Task On_a_full_disk_the_bus_is_not_healthy_and_with_room_again_it_has_lost_nothing()
    {
        using var folder = new TemporaryFolder("full");
        Assert.SkipUnless(await MountAsync("-t", "tmpfs", "-o", "size=6m", "tmpfs", folder.Path), "Not run: only root can make a small disk.");
        try
        {
            var port = FreePort.Next();
            await using var bus = await BusProcess.StartAsync(folder.Path, port);
            var client = await ConnectAsync(port);
            var sender = new SenderLink(new Session(client), "sender", QueueNames.Clustering);
            var accepted = 0;
            var refusal = await Assert.ThrowsAsync<AmqpException>(async () =>
            {
                for (; accepted < 1_000; accepted++)
                {
                    await sender.SendAsync(new Message { BodySection = new Data { Binary = new byte[50 * 1024] } });
                }
            });
            Assert.Equal(ErrorCode.ResourceLimitExceeded, (string)refusal.Error.Condition);
            await bus.WaitUntilAsync(HttpStatusCode.ServiceUnavailable);

            Assert.True(await MountAsync("-o", "remount,size=60m", folder.Path));
            await bus.WaitUntilAsync(HttpStatusCode.OK);

            var receiver = new ReceiverLink(new Session(client), "receiver", QueueNames.Clustering);
            receiver.SetCredit(accepted);
            for (var taken = 0; taken < accepted; taken++)
            {
                receiver.Accept(await receiver.ReceiveAsync(TimeSpan.FromSeconds(60)));
            }

            await client.CloseAsync();
        }
        finally
        {
            using var unmount = Process.Start("umount", [folder.Path]);
            await unmount.WaitForExitAsync(CancellationToken.None);
        }

        static async Task<bool> MountAsync(params string[] arguments)
        {
            if (!Environment.IsPrivilegedProcess)
            {
                return false;
            }

            using var mount = Process.Start("mount", arguments);
            await mount.WaitForExitAsync(TestContext.Current.CancellationToken);
            return mount.ExitCode == 0;
        }
    }

    [Fact]
    public async Task A_batch_for_which_there_is_no_room_is_not_stored_in_part()
    {
        const int InBatch = 10;
        await using var bus = await TestBus.CreateAsync(settings: [("MaxMegabytes", "2")]);
        await using var client = await RawClient.ConnectAsync(bus);
        var encoded = new Message { BodySection = new Data { Binary = new byte[40 * 1024] } }.Encode();
        var batch = new DataList();
        for (var single = 0; single < InBatch; single++)
        {
            batch.Add(new Data { Binary = encoded.Buffer.AsSpan(encoded.Offset, encoded.Length).ToArray() });
        }

        var accepted = 0;
        await Assert.ThrowsAsync<AmqpException>(async () =>
        {
            for (; accepted < 100; accepted++)
            {
                await client.SendAsync(QueueNames.Clustering, new Message { BodySection = batch, Format = 0x80013700 });
            }
        });

        Assert.True(accepted > 0);
        Assert.Equal(accepted * InBatch, await bus.CountAsync());
    }

    [Fact]
    public async Task A_hundred_thousand_waiting_messages_do_not_live_in_memory()
    {
        const int Batches = 1_000;
        const int InBatch = 100;
        const int Size = 3_000;
        using var folder = new TemporaryFolder("bus");
        var port = FreePort.Next();
        await using var bus = await BusProcess.StartAsync(folder.Path, port);
        var client = await ConnectAsync(port);
        var link = new SenderLink(new Session(client), "sender", QueueNames.Clustering);
        var batch = new DataList();
        for (var single = 0; single < InBatch; single++)
        {
            var encoded = new Message { BodySection = new Data { Binary = new byte[Size] } }.Encode();
            batch.Add(new Data { Binary = encoded.Buffer.AsSpan(encoded.Offset, encoded.Length).ToArray() });
        }

        for (var sent = 0; sent < Batches; sent++)
        {
            await link.SendAsync(new Message { BodySection = batch, Format = 0x80013700 }, TimeSpan.FromSeconds(60));
        }

        // A receiver, so that the window on what waits is filled.
        var receiver = new ReceiverLink(new Session(client), "receiver", QueueNames.Clustering);
        receiver.SetCredit(1, CreditMode.Manual);
        Assert.NotNull(await receiver.ReceiveAsync(TimeSpan.FromSeconds(60)));

        // 300 MB wait.
        Assert.InRange(bus.ResidentMegabytes, 1, 250);
        await client.CloseAsync();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public async Task A_damaged_database_is_a_clear_error(int page)
    {
        await using var bus = await TestBus.CreateAsync();
        await bus.StopAsync();
        await bus.DamageAsync(page);

        var exception = await Assert.ThrowsAsync<InvalidDataException>(bus.StartAsync);

        Assert.Contains("cannot be used as the bus's database", exception.Message, StringComparison.Ordinal);
    }

    private static Task<Connection> ConnectAsync(int port) => new ConnectionFactory().CreateAsync(
        new Address("127.0.0.1", port, TestBus.KeyName, TestBus.Key, "/", "AMQP"));

    private static Message Text(int number) => new()
    {
        Properties = new Properties { MessageId = $"{number}" },
        BodySection = new Data { Binary = Encoding.UTF8.GetBytes($"{number}") },
    };
}
