using System.Diagnostics;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Migrations.Operations;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Repaint.Contracts;
using Repaint.Contracts.Messages;
using Repaint.Messaging.Outbox;
using Repaint.ServiceDefaults.Postgres;
using Repaint.Tests.Infrastructure;

namespace Repaint.Tests.Messaging;

public sealed partial class OutboxTests(PostgresFixture postgres) : IAsyncLifetime
{
    private const string Database = "outbox";

    private readonly Inbox _inbox = new();
    private TestBus _bus = null!;
    private string _database = null!;
    private NpgsqlDataSource _source = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _bus = await TestBus.CreateAsync();
        _database = await postgres.CreateDatabaseAsync();
        _source = PostgresExtensions.CreateDataSource(_database);
        await using var context = Context();
        await context.Database.EnsureCreatedAsync(Cancellation);
        var migration = new MigrationBuilder("Npgsql.EntityFrameworkCore.PostgreSQL");
        migration.NotifyOnOutbox();
        await context.Database.ExecuteSqlRawAsync(((SqlOperation)migration.Operations.Single()).Sql, Cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        await _source.DisposeAsync();
        await _bus.DisposeAsync();
    }

    [Fact]
    public async Task A_commit_is_sent_and_its_row_deleted()
    {
        await using var service = await StartAsync();
        var message = Inbox.Message();

        await PublishAsync(message);

        Assert.Equal(message, (await _inbox.ReceiveAsync()).Message);
        await WaitUntilEmptyAsync();
    }

    [Fact]
    public async Task A_rollback_is_not_sent()
    {
        await using var service = await StartAsync();
        await using (var context = Context())
        {
            await context.Database.CreateExecutionStrategy().ExecuteAsync(async () =>
            {
                await using var transaction = await context.Database.BeginTransactionAsync(Cancellation);
                context.Publish(Inbox.Message(), TimeProvider.System);
                await context.SaveChangesAsync(Cancellation);
                await transaction.RollbackAsync(Cancellation);
            });
        }

        var later = Inbox.Message();
        await PublishAsync(later);

        Assert.Equal(later, (await _inbox.ReceiveAsync()).Message);
        Assert.True(_inbox.IsEmpty);
    }

    [Fact]
    public async Task What_was_written_while_no_relay_ran_is_sent_when_one_starts()
    {
        var message = Inbox.Message();
        await PublishAsync(message);

        await using var service = await StartAsync();

        Assert.Equal(message, (await _inbox.ReceiveAsync()).Message);
    }

    [Fact]
    public async Task What_was_sent_but_not_yet_deleted_is_dropped_by_the_broker_when_sent_again()
    {
        await using var service = await StartAsync();
        var message = Inbox.Message();
        await PublishAsync(message);
        await _inbox.ReceiveAsync();
        await WaitUntilEmptyAsync();

        // As if the relay had died between sending and deleting.
        await PublishAsync(message);
        await WaitUntilEmptyAsync();
        var later = Inbox.Message();
        await PublishAsync(later);

        Assert.Equal(later, (await _inbox.ReceiveAsync()).Message);
    }

    [Fact]
    public async Task Two_relays_keep_the_order_of_each_key_and_send_each_message_once()
    {
        const int Keys = 20;
        const int Each = 30;
        var images = Enumerable.Range(0, Keys).Select(_ => Guid.CreateVersion7()).ToArray();
        await using var first = await StartAsync(receive: true);
        await using var second = await StartAsync(receive: false);

        for (var attempt = 1; attempt <= Each; attempt++)
        {
            await PublishAsync([.. images.Select(image => Inbox.Message(attempt, image))]);
        }

        // One slot: the handler sees them in the order of the queue.
        var received = new List<ClusterImage>();
        while (received.Count < Keys * Each)
        {
            received.Add((await _inbox.ReceiveAsync()).Message);
        }

        await WaitUntilEmptyAsync();
        Assert.True(_inbox.IsEmpty);
        Assert.All(images, image =>
            Assert.Equal(Enumerable.Range(1, Each), received.Where(message => message.ImageId == image).Select(message => message.Attempt)));
    }

    [Fact]
    public async Task The_outbox_waits_while_the_bus_is_away()
    {
        await using var service = await StartAsync(("Messaging:SendTries", "1"), ("Messaging:LongestRetryDelay", "00:00:00.2"));
        await _bus.StopAsync();
        var message = Inbox.Message();
        await PublishAsync(message);

        await _bus.StartAsync();

        Assert.Equal(message, (await _inbox.ReceiveAsync()).Message);
        await WaitUntilEmptyAsync();
    }

    [Fact]
    public async Task The_relay_goes_on_after_its_connections_to_the_database_were_cut()
    {
        await using var service = await StartAsync(("Messaging:OutboxPollInterval", "00:10:00"), ("Messaging:RetryDelay", "00:00:00.05"));
        await PublishAsync(Inbox.Message());
        await _inbox.ReceiveAsync();
        await WaitUntilEmptyAsync();

        await using (var context = Context())
        {
            await context.Database.ExecuteSqlRawAsync(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()",
                Cancellation);
        }

        // Another connection listens by now, or looks when it begins to: the clock alone would take ten minutes.
        var message = Inbox.Message();
        await PublishAsync(message);
        Assert.Equal(message, (await _inbox.ReceiveAsync()).Message);
        await WaitUntilEmptyAsync();
    }

    [Fact]
    public async Task One_trace_runs_from_the_change_through_relay_and_queue_into_the_handler()
    {
        using var source = new ActivitySource("Repaint.Tests.Outbox");
        using var spans = new SpanRecorder("Repaint.");
        ActivityContext? inHandler = null;
        _inbox.Handle = (_, _, _) =>
        {
            inHandler = Activity.Current?.Context;
            return Task.CompletedTask;
        };
        await using var service = await StartAsync();

        ActivityContext change;
        using (var activity = source.StartActivity("change", ActivityKind.Server)!)
        {
            activity.TraceStateString = "vendor=1";
            change = activity.Context;
            await PublishAsync(Inbox.Message());
        }

        await _inbox.ReceiveAsync();
        await _bus.WaitUntilEmptyAsync();
        await Poll.UntilAsync(() => Task.FromResult(spans.Of(change.TraceId).Count == 3));

        var send = spans.Of(change.TraceId).Single(span => span.Kind == ActivityKind.Producer);
        var process = spans.Of(change.TraceId).Single(span => span.Kind == ActivityKind.Consumer);
        Assert.Equal(change.SpanId, send.ParentSpanId);
        Assert.Equal(send.SpanId, process.ParentSpanId);
        Assert.Equal(process.SpanId, inHandler?.SpanId);
        Assert.Equal("vendor=1", process.TraceStateString);
        Assert.Equal("servicebus", process.GetTagItem("messaging.system"));
        Assert.Equal(QueueNames.Clustering, process.GetTagItem("messaging.destination.name"));
        Assert.Equal("process", process.GetTagItem("messaging.operation.type"));
        Assert.Equal("complete", process.GetTagItem("messaging.servicebus.disposition_status"));
    }

    private Task<TestService> StartAsync(params (string Key, string Value)[] settings) => StartAsync(receive: true, settings);

    private Task<TestService> StartAsync(bool receive, params (string Key, string Value)[] settings) => TestService.StartAsync(
        _bus.ConnectionString,
        messaging =>
        {
            messaging.Host.Configuration[$"ConnectionStrings:{Database}"] = _database;
            messaging.Host.AddPostgres<OutboxTestContext>(Database);
            messaging.AddOutbox<OutboxTestContext>();
            if (receive)
            {
                messaging.Host.Services.AddSingleton(_inbox);
                messaging.AddProcessor(QueueNames.Clustering, processor => processor.Handle<ClusterImage, Inbox.Handler>());
            }
        },
        settings);

    private async Task PublishAsync(params ClusterImage[] messages)
    {
        await using var context = Context();
        foreach (var message in messages)
        {
            context.Publish(message, TimeProvider.System);
        }

        await context.SaveChangesAsync(Cancellation);
    }

    private Task WaitUntilEmptyAsync() => Poll.UntilAsync(async () =>
    {
        await using var context = Context();
        return !await context.Set<OutboxMessage>().AnyAsync(Cancellation);
    });

    private OutboxTestContext Context() =>
        new(PostgresExtensions.Configure(new DbContextOptionsBuilder<OutboxTestContext>(), _source).Options);

    private sealed class OutboxTestContext(DbContextOptions options) : DbContext(options)
    {
        protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.AddOutbox();
    }
}
