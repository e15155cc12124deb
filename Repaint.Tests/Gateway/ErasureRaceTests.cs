using System.Net;
using Microsoft.EntityFrameworkCore;
using Repaint.Contracts;
using Repaint.Contracts.Http;
using Repaint.ImageGateway.OneTimeUrls;
using Repaint.Tests.Infrastructure;

namespace Repaint.Tests.Gateway;

/// <summary>An erasure in the middle of everything: uploads, clustering, paintings, requests and redemptions of what it erases.</summary>
public sealed class ErasureRaceTests(PostgresFixture postgres, AzuriteFixture azurite) : GatewayTest(postgres, azurite)
{
    private const int Times = 8;
    private const int BeforeErasing = 12;
    private static readonly PaletteSet[] Held = [PaletteSet.Of(1), PaletteSet.Of(1, 2), PaletteSet.Of(0, 1, 2)];

    private readonly TaskCompletionSource _isUnderWay = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Guid _imageId;
    private Guid _visitorId;
    private int _done;
    private volatile bool _isErased;

    [Theory]
    [InlineData(GatewayRoutes.Images)]
    [InlineData(GatewayRoutes.Visitors)]
    [InlineData(GatewayRoutes.Events)]
    public async Task What_is_erased_in_the_middle_of_everything_is_gone(string route)
    {
        (_imageId, _visitorId) = await ClusteredPhotoAsync();
        await RequestAsync(new RenderRequest(_imageId, _visitorId, 1, Held[0]));
        await PaintAsync(_imageId, Held[0]);

        await Task.WhenAll(
            RepeatAsync(RetakeAsync), RepeatAsync(ClusterAsync), RepeatAsync(HoldAsync), RepeatAsync(PaintAsync),
            RepeatAsync(RedeemAsync), RepeatAsync(RedeemAsync),
            route == GatewayRoutes.Images ? Task.CompletedTask : RepeatAsync(TakeAnotherAsync),
            EraseAsync(route));

        // Workers whose messages were sent before.
        await ClusterAsync(1);
        await PaintAsync(1);
        await RunErasuresAsync();
        Host.Time.Advance(TimeSpan.FromMinutes(1));
        await RunErasuresAsync();
        Assert.Empty(await Host.BlobNamesAsync());
        Assert.Empty((await FilledTablesAsync()).Except(["erasures", "one_time_urls"]));
        Assert.Equal(0, await Host.QueryAsync(context => context.OneTimeUrls.CountAsync(url => url.StreamId != null, Cancellation)));

        Host.Time.Advance(TimeSpan.FromDays(1));
        await RunErasuresAsync();
        await Host.InScopeAsync((UrlPruner pruner) => pruner.PruneAsync(Cancellation));
        Assert.Empty(await FilledTablesAsync());
    }

    private async Task RepeatAsync(Func<int, Task> work)
    {
        for (var time = 0; time < Times; time++)
        {
            await work(time);
            if (Interlocked.Increment(ref _done) == BeforeErasing)
            {
                _isUnderWay.SetResult();
            }
        }
    }

    private async Task EraseAsync(string route)
    {
        await _isUnderWay.Task;
        var subject = route == GatewayRoutes.Images ? _imageId : route == GatewayRoutes.Visitors ? _visitorId : EventId;
        using var response = await Host.Internal.DeleteAsync($"{route}/{subject}", Cancellation);
        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        _isErased = true;
        await RunErasuresAsync();
    }

    private async Task RetakeAsync(int time)
    {
        using var response = await PutAsync(new ByteArrayContent(TestPictures.Png(seed: 10 + time)), _imageId, _visitorId, overwrite: true);
        Assert.True(response.StatusCode is HttpStatusCode.Accepted or HttpStatusCode.NotFound or HttpStatusCode.Conflict, $"{response.StatusCode}");
    }

    private async Task TakeAnotherAsync(int time)
    {
        var wasErased = _isErased;
        using var response = await PutAsync(new ByteArrayContent(TestPictures.Png(seed: 100 + time)), NewId(), _visitorId);
        Assert.Equal(wasErased ? HttpStatusCode.NotFound : response.StatusCode, response.StatusCode);
        Assert.True(response.StatusCode is HttpStatusCode.Accepted or HttpStatusCode.NotFound, $"{response.StatusCode}");
    }

    private Task ClusterAsync(int time) => ClusterAsync(_imageId, revision: 1 + (time / 2));

    private Task HoldAsync(int time) => RequestAsync(new RenderRequest(_imageId, _visitorId, 2 + time, Held[time % Held.Length]));

    private Task PaintAsync(int time) => PaintAsync(_imageId, Held[time % Held.Length], revision: 1 + (time / 2));

    private async Task RedeemAsync(int time)
    {
        var link = await MintAsync(_imageId, _visitorId);
        var wasErased = _isErased;
        if (link.Token is { } token)
        {
            var (status, _) = await FetchAsync($"{GatewayRoutes.PublicImages}/{_imageId}?token={token}");
            Assert.True(
                status is HttpStatusCode.Gone or HttpStatusCode.Conflict || (status == HttpStatusCode.OK && !wasErased),
                $"{status}, erased before: {wasErased}");
        }
    }

    // Every table there is, whoever adds one.
    private Task<List<string>> FilledTablesAsync() => Host.QueryAsync(context => context.Database.SqlQuery<string>(
        $"""
        SELECT tablename::text AS "Value" FROM pg_tables
        WHERE schemaname = 'public' AND tablename <> '__EFMigrationsHistory'
          AND xpath_exists('/*/row', query_to_xml(format('SELECT 1 FROM %I LIMIT 1', tablename), false, false, ''))
        """).ToListAsync(Cancellation));
}
