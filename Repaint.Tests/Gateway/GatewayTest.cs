using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Repaint.Contracts;
using Repaint.Contracts.Http;
using Repaint.Contracts.Messages;
using Repaint.ImageGateway.Clustering;
using Repaint.ImageGateway.Erasure;
using Repaint.ImageGateway.Renderings;
using Repaint.Messaging.Outbox;
using Repaint.Tests.Infrastructure;

namespace Repaint.Tests.Gateway;

/// <summary>A gateway of its own for every test, and the steps that most of them take.</summary>
public abstract class GatewayTest(PostgresFixture postgres, AzuriteFixture azurite) : IAsyncLifetime
{
    internal const int PaletteCount = 4;

    private GatewayHost? _host;

    internal GatewayHost Host => _host!;

    internal Guid EventId { get; } = NewId();

    internal static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>What this class's gateway is configured with beside the usual.</summary>
    internal virtual IReadOnlyDictionary<string, string?> Settings { get; } = new Dictionary<string, string?>();

    public virtual async ValueTask InitializeAsync() => _host = await GatewayHost.StartAsync(postgres, azurite, settings: Settings);

    public async ValueTask DisposeAsync()
    {
        if (_host is not null)
        {
            await _host.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }

    internal static Guid NewId() => Guid.CreateVersion7(TimeProvider.System.GetUtcNow());

    internal Task<HttpResponseMessage> PutAsync(HttpContent body, Guid imageId, Guid? visitorId = null, bool overwrite = false) =>
        Host.Internal.PutAsync(
            $"{GatewayRoutes.Images}/{imageId}?eventId={EventId}{(visitorId is null ? "" : $"&visitorId={visitorId}")}"
            + $"&paletteCount={PaletteCount}&overwrite={overwrite}",
            body, Cancellation);

    internal async Task<StoredImage> UploadAsync(byte[] bytes, Guid imageId, Guid? visitorId = null, bool overwrite = false)
    {
        using var response = await PutAsync(new ByteArrayContent(bytes), imageId, visitorId, overwrite);
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        return (await response.Content.ReadFromJsonAsync<StoredImage>(ContractsJson.Options, Cancellation))!;
    }

    /// <summary>What a clustering worker does: blobs, then the result.</summary>
    internal async Task ClusterAsync(Guid imageId, int revision = 1, int attempt = 1)
    {
        var names = new ImageBlobNames(EventId, imageId, revision);
        foreach (var name in (string[])[names.Original, names.OriginalView, names.OriginalThumbnail, names.Sketch, names.SketchThumbnail, names.Clusters])
        {
            await WriteBlobAsync(name);
        }

        await Host.Container.DeleteBlobIfExistsAsync(names.Upload, cancellationToken: Cancellation);
        await CompleteClusteringAsync(imageId, revision, attempt);
    }

    internal Task CompleteClusteringAsync(Guid imageId, int revision = 1, int attempt = 1) => Host.InScopeAsync(async (ClusteringResults results) =>
    {
        await results.CompletedAsync(new ClusteringCompleted(imageId, revision, attempt, 640, 480, Palettes()), Cancellation);
        return true;
    });

    internal static List<PaletteDescription> Palettes() =>
        [.. Enumerable.Range(0, PaletteCount).Select(id => new PaletteDescription(id, "#102030", new ColourName($"紺{id}", $"navy {id}"), 0.25))];

    internal Task FailClusteringAsync(Guid imageId, int revision = 1, int attempt = 1) => Host.InScopeAsync(async (ClusteringResults results) =>
    {
        await results.FailedAsync(imageId, revision, attempt, FailureReasons.Corrupt, Cancellation);
        return true;
    });

    /// <summary>What a generation worker does: blobs, then the result.</summary>
    internal async Task PaintAsync(Guid imageId, PaletteSet set, RenderingSize size = RenderingSize.View, int revision = 1, int attempt = 1)
    {
        var names = new ImageBlobNames(EventId, imageId, revision);
        foreach (var name in size == RenderingSize.Full ? [names.RenderingFull(set)] : (string[])[names.RenderingView(set), names.RenderingThumbnail(set)])
        {
            await WriteBlobAsync(name);
        }

        await CompletePaintingAsync(imageId, set, size, revision, attempt);
    }

    internal Task CompletePaintingAsync(Guid imageId, PaletteSet set, RenderingSize size = RenderingSize.View, int revision = 1, int attempt = 1) =>
        Host.InScopeAsync(async (PaintingResults results) =>
        {
            await results.CompletedAsync(new PaintingCompleted(imageId, revision, set, size, attempt), Cancellation);
            return true;
        });

    internal async Task RequestAsync(params RenderRequest[] requests)
    {
        using var response = await Host.Internal.PostAsJsonAsync(GatewayRoutes.Renderings, new RenderRequests(requests), ContractsJson.Options, Cancellation);
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
    }

    internal async Task<MintedLink> MintAsync(
        Guid imageId, Guid? visitorId, Rendition rendition = Rendition.View, PaletteSet? set = null, Disposition disposition = Disposition.Inline)
    {
        var request = new LinkRequest(imageId, visitorId, rendition, set, Disposition: disposition);
        using var response = await Host.Internal.PostAsJsonAsync(GatewayRoutes.OneTimeUrls, new MintRequest([request]), ContractsJson.Options, Cancellation);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return (await response.Content.ReadFromJsonAsync<MintResponse>(ContractsJson.Options, Cancellation))!.Links.Single();
    }

    internal async Task<string> MintUrlAsync(
        Guid imageId, Guid? visitorId, Rendition rendition = Rendition.View, PaletteSet? set = null, Disposition disposition = Disposition.Inline)
    {
        var link = await MintAsync(imageId, visitorId, rendition, set, disposition);
        Assert.Null(link.Code);
        return $"{GatewayRoutes.PublicImages}/{imageId}?token={link.Token}";
    }

    internal Task<HttpResponseMessage> GetAsync(string url) => Host.Public.GetAsync(url, Cancellation);

    /// <summary>Status, and the name of the blob whose text came or the code of the problem.</summary>
    internal async Task<(HttpStatusCode Status, string Told)> FetchAsync(string url)
    {
        using var response = await GetAsync(url);
        return (response.StatusCode, response.IsSuccessStatusCode
            ? (await response.Content.ReadAsStringAsync(Cancellation)).TrimEnd()
            : await CodeAsync(response));
    }

    internal static async Task<string> CodeAsync(HttpResponseMessage response) =>
        (await response.Content.ReadFromJsonAsync<JsonElement>(Cancellation)).GetProperty("code").GetString()!;

    /// <summary>Messages in the outbox, oldest first.</summary>
    internal Task<List<TMessage>> OutboxAsync<TMessage>()
        where TMessage : IMessage
    {
        var subject = TMessage.Subject;
        return Host.QueryAsync(async context =>
            (await context.Set<OutboxMessage>().Where(row => row.Subject == subject).OrderBy(row => row.Id).Select(row => row.Body).ToListAsync(Cancellation))
            .Select(body => JsonSerializer.Deserialize<TMessage>(body, ContractsJson.Options)!).ToList());
    }

    /// <summary>As if the relay had sent everything.</summary>
    internal Task SendOutboxAsync() => Host.QueryAsync(context => context.Set<OutboxMessage>().ExecuteDeleteAsync(Cancellation));

    internal Task<int> RunErasuresAsync() => Host.InScopeAsync((ErasureWorker worker) => worker.RunDueAsync(Cancellation));

    internal async Task<(Guid ImageId, Guid VisitorId)> ClusteredPhotoAsync()
    {
        var (imageId, visitorId) = (NewId(), NewId());
        await UploadAsync(TestPictures.Png(), imageId, visitorId);
        await ClusterAsync(imageId);
        return (imageId, visitorId);
    }

    // Its own name, and enough of it that a download can be broken off in the middle.
    internal Task WriteBlobAsync(string name) =>
        Host.Container.GetBlobClient(name).UploadAsync(BinaryData.FromString(name.PadRight(4000)), overwrite: true, Cancellation);
}
