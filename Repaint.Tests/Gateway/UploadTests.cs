using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Repaint.Contracts;
using Repaint.Contracts.Http;
using Repaint.Contracts.Messages;
using Repaint.ImageGateway;
using Repaint.ImageGateway.Sweeping;
using Repaint.Messaging.Outbox;
using Repaint.Tests.Infrastructure;

namespace Repaint.Tests.Gateway;

public sealed class UploadTests(PostgresFixture postgres, AzuriteFixture azurite) : GatewayTest(postgres, azurite)
{
    public static TheoryData<string, byte[], HttpStatusCode, string> Refused => new()
    {
        { "text", Encoding.UTF8.GetBytes(new string('x', 500)), HttpStatusCode.UnsupportedMediaType, ErrorCodes.ImageTypeUnsupported },
        { "svg", "<svg xmlns='http://www.w3.org/2000/svg'/>"u8.ToArray(), HttpStatusCode.UnsupportedMediaType, ErrorCodes.ImageTypeUnsupported },
        { "gif", "GIF89a and more"u8.ToArray(), HttpStatusCode.UnsupportedMediaType, ErrorCodes.ImageTypeUnsupported },
        { "empty", [], HttpStatusCode.UnprocessableEntity, ErrorCodes.ImageInvalid },
        { "cut short", TestPictures.Png()[..20], HttpStatusCode.UnprocessableEntity, ErrorCodes.ImageInvalid },
        { "a side too long", TestPictures.Png(12_001, 10), HttpStatusCode.UnprocessableEntity, ErrorCodes.ImageInvalid },
        { "too many pixels", TestPictures.Jpeg(8_000, 6_251), HttpStatusCode.UnprocessableEntity, ErrorCodes.ImageInvalid },
        { "animated PNG", TestPictures.AnimatedPng(), HttpStatusCode.UnprocessableEntity, ErrorCodes.ImageInvalid },
        { "animated WebP", TestPictures.WebPExtended(100, 100, animated: true), HttpStatusCode.UnprocessableEntity, ErrorCodes.ImageInvalid },
        { "too many bytes", TestPictures.Png(length: 200_001), HttpStatusCode.RequestEntityTooLarge, ErrorCodes.ImageTooLarge },
    };

    [Theory]
    [MemberData(nameof(Refused), DisableDiscoveryEnumeration = true)]
    public async Task What_is_refused_leaves_nothing(string what, byte[] bytes, HttpStatusCode status, string code)
    {
        foreach (var body in (HttpContent[])[new ByteArrayContent(bytes), new ChunkedContent(bytes)])
        {
            using var response = await PutAsync(body, NewId(), NewId());
            Assert.True(status == response.StatusCode, $"{what}: {response.StatusCode}");
            Assert.Equal(code, await CodeAsync(response));
            await AssertNothingAsync();
        }
    }

    [Fact]
    public async Task The_same_bytes_again_are_the_same_answer_with_and_without_overwriting()
    {
        var (imageId, visitorId) = (NewId(), NewId());
        var first = await UploadAsync(TestPictures.Png(), imageId, visitorId);
        foreach (var overwrite in (bool[])[false, true])
        {
            Assert.Equal(first with { AlreadyStored = true }, await UploadAsync(TestPictures.Png(), imageId, visitorId, overwrite));
        }

        Assert.Single(await OutboxAsync<ClusterImage>());
        Assert.Single(await Host.BlobNamesAsync());
        Assert.Equal(1, await Host.QueryAsync(context => context.Revisions.CountAsync(Cancellation)));
        Assert.Equal(0, await Host.QueryAsync(context => context.Erasures.CountAsync(Cancellation)));
    }

    [Fact]
    public async Task Another_photo_needs_to_be_told_to_overwrite()
    {
        var (imageId, visitorId) = (NewId(), NewId());
        await UploadAsync(TestPictures.Png(), imageId, visitorId);
        using var refused = await PutAsync(new ByteArrayContent(TestPictures.Png(seed: 2)), imageId, visitorId);
        Assert.Equal((HttpStatusCode.Conflict, ErrorCodes.PhotoExists), (refused.StatusCode, await CodeAsync(refused)));
        Assert.Single(await Host.BlobNamesAsync());

        Assert.Equal(2, (await UploadAsync(TestPictures.Png(seed: 2), imageId, visitorId, overwrite: true)).Revision);
    }

    [Fact]
    public async Task Of_cameras_that_send_at_once_one_wins()
    {
        var (imageId, visitorId) = (NewId(), NewId());
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(async seed =>
        {
            using var response = await PutAsync(new ByteArrayContent(TestPictures.Png(seed: seed)), imageId, visitorId);
            return response.StatusCode;
        }));

        Assert.Single(answers, HttpStatusCode.Accepted);
        Assert.Equal(7, answers.Count(status => status == HttpStatusCode.Conflict));
        Assert.Single(await Host.BlobNamesAsync());
        Assert.Single(await OutboxAsync<ClusterImage>());
    }

    [Fact]
    public async Task A_failed_photo_does_not_stand_in_the_way_of_the_next()
    {
        var (imageId, visitorId) = (NewId(), NewId());
        await UploadAsync(TestPictures.Png(), imageId, visitorId);
        await FailClusteringAsync(imageId);

        Assert.Equal(2, (await UploadAsync(TestPictures.Png(seed: 2), imageId, visitorId)).Revision);
    }

    [Fact]
    public async Task An_event_image_sent_twice_is_one_image()
    {
        var ids = Enumerable.Range(0, 4).Select(_ => NewId()).ToList();
        var answers = await Task.WhenAll(ids.Select(id => UploadAsync(TestPictures.Png(), id)));

        var imageId = Assert.Single(answers.Select(answer => answer.ImageId).Distinct());
        Assert.Single(answers, answer => !answer.AlreadyStored);
        Assert.Equal([imageId], await Host.QueryAsync(context => context.Images.Select(image => image.Id).ToListAsync(Cancellation)));
        Assert.Single(await Host.BlobNamesAsync());
    }

    [Fact]
    public async Task An_image_belongs_to_the_event_and_visitor_it_was_first_sent_for()
    {
        var (imageId, visitorId) = (NewId(), NewId());
        await UploadAsync(TestPictures.Png(), imageId, visitorId);
        using var foreign = await PutAsync(new ByteArrayContent(TestPictures.Png(seed: 2)), imageId, NewId(), overwrite: true);

        Assert.Equal(HttpStatusCode.NotFound, foreign.StatusCode);
        Assert.Single(await Host.BlobNamesAsync());
    }

    [Fact]
    public async Task A_client_that_goes_away_leaves_nothing()
    {
        var imageId = NewId();
        using (var client = new TcpClient())
        {
            await client.ConnectAsync("127.0.0.1", Host.InternalPort, Cancellation);
            var stream = client.GetStream();
            await stream.WriteAsync(Encoding.ASCII.GetBytes(
                $"PUT {GatewayRoutes.Images}/{imageId}?eventId={EventId}&paletteCount=4 HTTP/1.1\r\nHost: test\r\n"
                + $"Authorization: Bearer {GatewayHost.Key}\r\nContent-Length: 100000\r\n\r\n"), Cancellation);
            await stream.WriteAsync(TestPictures.Png(length: 5000), Cancellation);
            while (!await Host.QueryAsync(context => context.Revisions.AnyAsync(Cancellation)))
            {
                await Task.Yield();
            }

            client.LingerState = new LingerOption(true, 0);
        }

        while (await Host.QueryAsync(context => context.Images.AnyAsync(Cancellation)))
        {
            await Task.Yield();
        }

        await AssertNothingAsync();
    }

    [Fact]
    public async Task What_a_crash_left_half_done_is_erased_later()
    {
        var imageId = NewId();
        await Host.InScopeAsync(async (ImageGateway.Uploads.UploadLedger ledger) =>
        {
            var names = await ledger.ReserveAsync(new(imageId, EventId, null, PaletteCount, false), Cancellation);
            await WriteBlobAsync(names.Upload);
            return true;
        });
        Assert.Equal(0, await RunErasuresAsync());
        Host.Time.Advance(TimeSpan.FromMinutes(15));
        Assert.Equal(1, await RunErasuresAsync());

        await AssertNothingAsync();
    }

    [Fact]
    public async Task A_gateway_that_is_here_before_its_migration_waits_for_it()
    {
        await RenameAsync("ALTER TABLE image_revisions RENAME TO image_revisions_to_come");
        using var response = await PutAsync(new ByteArrayContent(TestPictures.Png()), NewId());
        Assert.Equal((HttpStatusCode.ServiceUnavailable, ErrorCodes.Unavailable), (response.StatusCode, await CodeAsync(response)));
        // What runs in the background and does not take this for trouble ends the process.
        var exception = await Assert.ThrowsAsync<PostgresException>(() => Host.InScopeAsync(async (QueueWatch watch) =>
        {
            await watch.LookAsync(Cancellation);
            return true;
        }));
        Assert.True(ServerTroubleHandler.IsServerTrouble(exception));

        await RenameAsync("ALTER TABLE image_revisions_to_come RENAME TO image_revisions");
        await UploadAsync(TestPictures.Png(), NewId());

        Task RenameAsync(string sql) => Host.QueryAsync(context => context.Database.ExecuteSqlRawAsync(sql, Cancellation));
    }

    private async Task AssertNothingAsync()
    {
        Assert.Empty(await Host.BlobNamesAsync());
        Assert.Equal(0, await Host.QueryAsync(async context =>
            await context.Images.CountAsync(Cancellation) + await context.Revisions.CountAsync(Cancellation)
            + await context.Erasures.CountAsync(Cancellation) + await context.Set<OutboxMessage>().CountAsync(Cancellation)));
    }

    private sealed class ChunkedContent(byte[] bytes) : HttpContent
    {
        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => stream.WriteAsync(bytes).AsTask();

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}

public sealed class StorageDownTests(PostgresFixture postgres, AzuriteFixture azurite)
{
    [Fact]
    public async Task Without_storage_an_upload_is_refused_for_now()
    {
        // Nothing listens there.
        var blobs = $"DefaultEndpointsProtocol=http;AccountName=none;AccountKey=bm9uZQ==;BlobEndpoint=http://127.0.0.1:{FreePort.Next()}/none;";
        await using var host = await GatewayHost.StartAsync(postgres, azurite, blobs);
        var id = GatewayTest.NewId();
        using var response = await host.Internal.PutAsync(
            $"{GatewayRoutes.Images}/{id}?eventId={id}&paletteCount=4", new ByteArrayContent(TestPictures.Png()), GatewayTest.Cancellation);

        Assert.Equal((HttpStatusCode.ServiceUnavailable, ErrorCodes.Unavailable), (response.StatusCode, await GatewayTest.CodeAsync(response)));
        Assert.NotNull(response.Headers.RetryAfter);
        Assert.Equal(0, await host.QueryAsync(context => context.Set<OutboxMessage>().CountAsync(GatewayTest.Cancellation)));
        Assert.Equal(ImageState.Received, (await host.QueryAsync(context => context.Revisions.SingleAsync(GatewayTest.Cancellation))).State);
        Assert.Equal(1, await host.QueryAsync(context => context.Erasures.CountAsync(GatewayTest.Cancellation)));
    }
}
