using System.Net;
using Azure.Storage.Blobs.Models;
using Npgsql;
using Repaint.Contracts;
using Repaint.ServiceDefaults.Blobs;

namespace Repaint.Tests.EndToEnd;

[Collection(SystemCollection.Name)]
public sealed class EraseTests(SystemFixture system)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Erasing_a_visitor_leaves_no_row_no_blob_no_link()
    {
        using var visitor = await system.JoinAsync();
        var photo = await system.Staff.PhotographAsync(
            system.Demo.Event.Id, visitor.Id, SystemFixture.Photo("astronaut.jpg"), Cancellation);
        await visitor.PickAsync(system.Demo.Spots[0]);
        await visitor.WaitForPictureAsync();
        var link = await visitor.MintAsync();
        Assert.NotEmpty(await BlobsAsync(photo.ImageId));
        Assert.NotEmpty(await RowsAsync(visitor.Id, photo.ImageId));

        using var erased = await visitor.Http.DeleteAsync(new Uri("/api/visitors/me", UriKind.Relative), Cancellation);

        Assert.Equal(HttpStatusCode.NoContent, erased.StatusCode);
        using var me = await visitor.Http.GetAsync(new Uri("/api/visitors/me", UriKind.Relative), Cancellation);
        Assert.Equal(HttpStatusCode.Unauthorized, me.StatusCode);
        await Eventually.IsEmptyAsync(() => BlobsAsync(photo.ImageId));
        await Eventually.IsEmptyAsync(() => RowsAsync(visitor.Id, photo.ImageId));
        using var anyone = new HttpClient();
        using var picture = await anyone.GetAsync(link.Url, Cancellation);
        Assert.Equal(HttpStatusCode.Gone, picture.StatusCode);
    }

    private async Task<List<string>> BlobsAsync(Guid imageId)
    {
        var container = BlobExtensions.CreateService(system.Running.Topology.BlobStorage)
            .GetBlobContainerClient(ResourceNames.ImagesContainer);
        var prefix = ImageBlobNames.ImagePrefix(system.Demo.Event.Id, imageId);
        return await container.GetBlobsAsync(BlobTraits.None, BlobStates.None, prefix, Cancellation)
            .Select(blob => blob.Name)
            .ToListAsync(Cancellation);
    }

    /// <summary>Tables of both databases that still mention the visitor or the image.</summary>
    private async Task<List<string>> RowsAsync(Guid visitorId, Guid imageId)
    {
        var found = new List<string>();
        foreach (var database in new[] { ResourceNames.RepaintDatabase, ResourceNames.GatewayDatabase })
        {
            await using var source = NpgsqlDataSource.Create(system.Running.Topology.Database(database));
            foreach (var table in await TablesAsync(source))
            {
                // Whatever its columns are called, JSON bodies included.
                await using var mentions = source.CreateCommand(
                    $"SELECT count(*) FROM \"{table}\" AS t WHERE t::text LIKE '%' || $1 || '%' OR t::text LIKE '%' || $2 || '%'");
                mentions.Parameters.Add(new() { Value = visitorId.ToString() });
                mentions.Parameters.Add(new() { Value = imageId.ToString() });
                if ((long)(await mentions.ExecuteScalarAsync(Cancellation))! > 0)
                {
                    found.Add($"{database}.{table}");
                }
            }
        }

        return found;
    }

    private static async Task<List<string>> TablesAsync(NpgsqlDataSource source)
    {
        // Three are meant to remember ids for a while: which erasure to repeat against late arrivals, which links were
        // revoked, and which images a reader of the feed has to drop.
        await using var command = source.CreateCommand(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' "
            + "AND tablename NOT LIKE '%erasure%' AND tablename NOT IN ('one_time_urls', 'erased_images')");
        await using var reader = await command.ExecuteReaderAsync(Cancellation);
        var tables = new List<string>();
        while (await reader.ReadAsync(Cancellation))
        {
            tables.Add(reader.GetString(0));
        }

        return tables;
    }
}
