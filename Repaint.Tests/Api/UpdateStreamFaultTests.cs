using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;
using Repaint.Api.Authentication;
using Repaint.Api.Updates;

namespace Repaint.Tests.Api;

/// <summary>Streams while something else fails: the listener, the database, an instance, another reader.</summary>
public sealed class UpdateStreamFaultTests(ApiHost api) : IClassFixture<ApiHost>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Streams_catch_up_after_the_listening_connection_was_lost()
    {
        var row = await api.CreateEventAsync();
        var joined = await api.JoinAsync(row.Id);
        await using var stream = await OpenUpdates.OpenAsync(api, joined.Token);
        await stream.NextAsync();
        // Both in one transaction: the listener is gone when the change commits, and never hears of it.
        await api.QueryAsync(context => context.Database.ExecuteSqlAsync($"""
            WITH cut AS (SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%')
            UPDATE visitors SET version = version + 1 FROM (SELECT count(*) FROM cut) AS done WHERE id = {joined.VisitorId}
            """, Cancellation));
        var next = stream.NextAsync();
        await ApiHost.UntilAsync(() =>
        {
            // The back-off, but less than a ping altogether, which would look by itself. In small steps, so that there is
            // some time left when the loss is noticed late.
            if (api.Time.GetUtcNow() < stream.OpenedAt + UpdateStream.PingInterval - TimeSpan.FromSeconds(2))
            {
                api.Time.Advance(TimeSpan.FromMilliseconds(20));
            }

            return next.IsCompleted;
        });
        await next;
    }

    [Fact]
    public async Task A_stream_ends_when_its_instance_stops()
    {
        var row = await api.CreateEventAsync();
        var joined = await api.JoinAsync(row.Id);
        var (factory, address) = api.StartInstance();
        await using var stopping = factory;
        await using var stream = await OpenUpdates.OpenAsync(api, joined.Token, address: address);
        await stream.NextAsync();
        var stopped = factory.Services.GetRequiredService<IHost>().StopAsync(Cancellation);
        Assert.Null(await stream.NextTypeAsync());
        await stopped;
    }

    [Fact]
    public async Task A_reader_who_is_stuck_holds_up_nobody()
    {
        var row = await api.CreateEventAsync();
        var stuck = await api.JoinAsync(row.Id);
        var joined = await api.JoinAsync(row.Id);
        var (factory, address) = api.StartInstance();
        await using var instance = factory;
        var context = new DefaultHttpContext { RequestServices = factory.Services };
        context.Response.Body = new StuckAfterFirst();
        var visitor = await factory.Services.GetRequiredService<VisitorLookup>().FindAsync(OpaqueToken.Hash(stuck.Token)!, Cancellation);
        var streams = factory.Services.GetRequiredService<UpdateStreams>();
        Assert.True(await streams.TryParkAsync(visitor!, -1, context.Response));
        await using var stream = await OpenUpdates.OpenAsync(api, joined.Token, address: address);
        await stream.NextAsync();
        // Both are woken, then both are pinged; one never takes what it is sent.
        await api.PhotographAsync(stuck, 1);
        await api.PhotographAsync(joined, 2);
        await stream.NextAsync();
        for (var ping = 0; ping < 2; ping++)
        {
            Assert.Equal(UpdateStream.Ping, await api.PassTimeAsync(stream.NextTypeAsync()));
        }
    }

    [Fact]
    public async Task Streams_stay_and_are_pinged_while_the_database_is_away()
    {
        var row = await api.CreateEventAsync();
        var joined = await api.JoinAsync(row.Id);
        await using var stream = await OpenUpdates.OpenAsync(api, joined.Token);
        await stream.NextAsync();
        var name = new NpgsqlConnectionStringBuilder(api.ConnectionString).Database!;
        await using var admin = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(api.ConnectionString) { Database = "postgres" }.ConnectionString);
        await ExecuteAsync($"ALTER DATABASE {name} ALLOW_CONNECTIONS false");
        try
        {
            await ExecuteAsync($"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'");
            Assert.Equal(UpdateStream.Ping, await api.PassTimeAsync(stream.NextTypeAsync()));
        }
        finally
        {
            await ExecuteAsync($"ALTER DATABASE {name} ALLOW_CONNECTIONS true");
        }

        await api.QueryAsync(context => context.Database.ExecuteSqlAsync(
            $"UPDATE visitors SET version = version + 1 WHERE id = {joined.VisitorId}", Cancellation));
        await api.PassTimeAsync(stream.NextAsync());

        async Task ExecuteAsync(string sql)
        {
            await using var command = admin.CreateCommand(sql);
            await command.ExecuteNonQueryAsync(Cancellation);
        }
    }

    private sealed class StuckAfterFirst : MemoryStream
    {
        private bool _isStuck;

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var wasStuck = _isStuck;
            _isStuck = true;
            return wasStuck ? new ValueTask(new TaskCompletionSource().Task) : ValueTask.CompletedTask;
        }
    }
}
