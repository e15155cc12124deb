using System.Net;
using System.Net.Http.Json;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Repaint.Contracts;
using Repaint.Contracts.Http;

namespace Repaint.Tests.Api;

public sealed class SelectionTests(ApiHost api) : IClassFixture<ApiHost>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_first_photograph_is_selected_by_itself_and_a_retake_changes_no_choice()
    {
        var row = await api.CreateEventAsync();
        var image = await api.UploadAsync(row.Id, 1);
        var joined = await api.JoinAsync(row.Id);
        Assert.Equal(image.ImageId, await SelectedAsync(joined));

        var photo = await api.PhotographAsync(joined, 2);
        Assert.Equal(photo.ImageId, await SelectedAsync(joined));

        using var chosen = await SelectAsync(joined, image.ImageId);
        Assert.Equal(HttpStatusCode.NoContent, chosen.StatusCode);
        using var retake = await api.PhotographAsync(row.Id, joined.VisitorId, [3], overwrite: true);
        Assert.Equal(image.ImageId, await SelectedAsync(joined));
    }

    [Fact]
    public async Task The_first_event_image_becomes_the_picture_of_visitors_without_one()
    {
        var row = await api.CreateEventAsync();
        var without = await api.JoinAsync(row.Id);
        var photographed = await api.JoinAsync(row.Id);
        var photo = await api.PhotographAsync(photographed, 2);
        var image = await api.UploadAsync(row.Id, 1);
        await api.UploadAsync(row.Id, 9);
        Assert.Equal(image.ImageId, await SelectedAsync(without));
        Assert.Equal(photo.ImageId, await SelectedAsync(photographed));
    }

    [Fact]
    public async Task Nobody_who_joins_while_the_first_image_arrives_is_left_without_one()
    {
        var row = await api.CreateEventAsync();
        var joins = Enumerable.Range(0, 30).Select(_ => api.JoinAsync(row.Id)).ToList();
        var image = await api.UploadAsync(row.Id, 1);
        await Task.WhenAll(joins);
        Assert.Equal(0, await api.QueryAsync(context => context.Visitors.CountAsync(
            visitor => visitor.EventId == row.Id && visitor.SelectedImageId != image.ImageId, Cancellation)));
    }

    [Fact]
    public async Task Neither_another_visitors_photograph_nor_another_events_image_can_be_selected()
    {
        var row = await api.CreateEventAsync();
        var joined = await api.JoinAsync(row.Id);
        var others = await api.PhotographAsync(await api.JoinAsync(row.Id), 2);
        var elsewhere = await api.UploadAsync((await api.CreateEventAsync()).Id, 3);
        foreach (var imageId in new[] { others.ImageId, elsewhere.ImageId })
        {
            using var response = await SelectAsync(joined, imageId);
            await ApiHost.AssertProblemAsync(404, ErrorCodes.NotFound, response);
            using var visitor = api.Client(joined.Token);
            using var url = await visitor.PostAsJsonAsync(
                $"/api/visitors/me/images/{imageId}/one-time-url", new OneTimeUrlRequest(Rendition.View), ContractsJson.Options, Cancellation);
            await ApiHost.AssertProblemAsync(404, ErrorCodes.NotFound, url);
        }
    }

    [Fact]
    public async Task Selecting_another_image_asks_for_its_painting()
    {
        var row = await api.CreateEventAsync();
        var image = await api.UploadAsync(row.Id, 1);
        await api.ClusteredAsync(row, image);
        var joined = await api.JoinAsync(row.Id);
        await api.PhotographAsync(joined, 2);
        using var chosen = await SelectAsync(joined, image.ImageId);
        var version = await VersionAsync(joined);
        await ApiHost.UntilAsync(() => api.Gateway.Renderings.Any(
            request => request.VisitorId == joined.VisitorId && request.ImageId == image.ImageId && request.RequestNo == version));
        using var again = await SelectAsync(joined, image.ImageId);
        Assert.Equal(version, await VersionAsync(joined));
    }

    [Fact]
    public async Task Deleting_an_image_moves_its_viewers_to_what_is_left_and_erases_it_at_the_gateway()
    {
        var row = await api.CreateEventAsync();
        var first = await api.UploadAsync(row.Id, 1);
        var second = await api.UploadAsync(row.Id, 2);
        var joined = await api.JoinAsync(row.Id);
        using var staff = api.Staff();
        using var deleted = await staff.DeleteAsync($"/api/staff/events/{row.Id}/images/{first.ImageId}", Cancellation);
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        Assert.Equal(second.ImageId, await SelectedAsync(joined));
        await ApiHost.UntilAsync(() => api.Gateway.Deletions.Contains($"{GatewayRoutes.Images}/{first.ImageId}"));
        await api.ClusteredAsync(row, first);
        Assert.False(await api.QueryAsync(context => context.Images.AnyAsync(image => image.Id == first.ImageId, Cancellation)));
    }

    [Fact]
    public async Task Links_are_bound_to_the_visitor_and_name_the_selected_image_when_asked()
    {
        var row = await api.CreateEventAsync();
        var joined = await api.JoinAsync(row.Id);
        var photo = await api.PhotographAsync(joined, 2);
        using var visitor = api.Client(joined.Token);
        using var response = await visitor.PostAsJsonAsync(
            "/api/visitors/me/images/selected/one-time-url", new OneTimeUrlRequest(Rendition.View), ContractsJson.Options, Cancellation);
        var link = await ApiHost.ReadAsync<OneTimeUrl>(response);
        Assert.Equal($"http://127.0.0.1:5081/images/{photo.ImageId}?token={FakeGateway.LinkToken}", link.Url.ToString());
        Assert.Contains(new LinkRequest(photo.ImageId, joined.VisitorId, Rendition.View), api.Gateway.Links);

        using var saving = await visitor.PostAsJsonAsync(
            "/api/visitors/me/images/selected/one-time-url", new OneTimeUrlRequest(Rendition.Full, Disposition: Disposition.Attachment),
            ContractsJson.Options, Cancellation);
        Assert.Equal(HttpStatusCode.Created, saving.StatusCode);
        Assert.Contains(
            new LinkRequest(photo.ImageId, joined.VisitorId, Rendition.Full, Disposition: Disposition.Attachment), api.Gateway.Links);

        using var original = await visitor.PostAsJsonAsync(
            "/api/visitors/me/images/selected/one-time-url", new OneTimeUrlRequest(Rendition.Original), ContractsJson.Options, Cancellation);
        await ApiHost.AssertProblemAsync(403, ErrorCodes.Forbidden, original);
    }

    [Fact]
    public async Task Only_an_events_own_image_is_asked_for_as_public_and_only_when_the_event_says_so()
    {
        var row = await api.CreateEventAsync();
        var image = await api.UploadAsync(row.Id, 1);
        var joined = await api.JoinAsync(row.Id);
        var photo = await api.PhotographAsync(joined, 2);
        using var visitor = api.Client(joined.Token);
        foreach (var isPublic in (bool[])[false, true])
        {
            await api.QueryAsync(context => context.Events.Where(one => one.Id == row.Id)
                .ExecuteUpdateAsync(set => set.SetProperty(one => one.PublicImages, isPublic), Cancellation));
            foreach (var imageId in (Guid[])[image.ImageId, photo.ImageId])
            {
                using var response = await visitor.PostAsJsonAsync(
                    $"/api/visitors/me/images/{imageId}/one-time-url", new OneTimeUrlRequest(Rendition.Thumbnail), ContractsJson.Options, Cancellation);
                Assert.Equal(HttpStatusCode.Created, response.StatusCode);
                Assert.Contains(
                    new LinkRequest(imageId, joined.VisitorId, Rendition.Thumbnail, null, isPublic && imageId == image.ImageId), api.Gateway.Links);
            }
        }
    }

    [Fact]
    public async Task Selecting_an_image_while_it_is_deleted_is_not_found()
    {
        var row = await api.CreateEventAsync();
        await api.UploadAsync(row.Id, 1);
        var going = await api.UploadAsync(row.Id, 2);
        var joined = await api.JoinAsync(row.Id);
        await using var source = NpgsqlDataSource.Create(api.ConnectionString);
        await using var connection = await source.OpenConnectionAsync(Cancellation);
        await using var transaction = await connection.BeginTransactionAsync(Cancellation);
        await using (var delete = new NpgsqlCommand("DELETE FROM images WHERE id = $1", connection) { Parameters = { new() { Value = going.ImageId } } })
        {
            Assert.Equal(1, await delete.ExecuteNonQueryAsync(Cancellation));
        }

        var selecting = SelectAsync(joined, going.ImageId);
        await ApiHost.UntilAsync(async () => selecting.IsCompleted || await api.QueryAsync(context => context.Database.SqlQuery<int>($"""
            SELECT count(*)::int AS "Value" FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'
            """).SingleAsync(Cancellation)) > 0);
        await transaction.CommitAsync(Cancellation);
        using var response = await selecting;
        await ApiHost.AssertProblemAsync(404, ErrorCodes.NotFound, response);
    }

    [Fact]
    public async Task One_palette_alone_is_shown_only_to_who_holds_it()
    {
        var row = await api.CreateEventAsync();
        var spot = await api.CreateSpotAsync(row.Id);
        var joined = await api.JoinAsync(row.Id);
        var photo = await api.PhotographAsync(joined, 2);
        using var visitor = api.Client(joined.Token);
        using var pick = await visitor.PostAsJsonAsync(
            "/api/visitors/me/picks", new PickRequest(spot.Code, Guid.CreateVersion7(api.Time.GetUtcNow())), Cancellation);
        var held = (await ApiHost.ReadAsync<PickedPalette>(pick)).PaletteId;

        using var mine = await MintAsync(new OneTimeUrlRequest(Rendition.View, held));
        Assert.Equal(HttpStatusCode.Created, mine.StatusCode);
        Assert.Contains(new LinkRequest(photo.ImageId, joined.VisitorId, Rendition.View, PaletteSet.Of(held)), api.Gateway.Links);

        using var notMine = await MintAsync(new OneTimeUrlRequest(Rendition.View, held + 1));
        await ApiHost.AssertProblemAsync(403, ErrorCodes.Forbidden, notMine);
        using var full = await MintAsync(new OneTimeUrlRequest(Rendition.Full, held));
        await ApiHost.AssertProblemAsync(400, ErrorCodes.InvalidRequest, full);
        foreach (var paletteId in new[] { -1, PaletteSet.MaxPalettes, int.MaxValue })
        {
            using var nonsense = await MintAsync(new OneTimeUrlRequest(Rendition.View, paletteId));
            await ApiHost.AssertProblemAsync(400, ErrorCodes.InvalidRequest, nonsense);
        }

        Task<HttpResponseMessage> MintAsync(OneTimeUrlRequest request) => visitor.PostAsJsonAsync(
            "/api/visitors/me/images/selected/one-time-url", request, ContractsJson.Options, Cancellation);
    }

    [Fact]
    public async Task Staff_looking_at_a_photograph_leave_a_record()
    {
        var row = await api.CreateEventAsync();
        var joined = await api.JoinAsync(row.Id);
        var photo = await api.PhotographAsync(joined, 2);
        var image = await api.UploadAsync(row.Id, 3);
        using var staff = api.Staff();
        foreach (var imageId in new[] { photo.ImageId, image.ImageId })
        {
            using var response = await staff.PostAsJsonAsync(
                $"/api/staff/events/{row.Id}/images/{imageId}/one-time-url",
                new StaffOneTimeUrlRequest(Rendition.Original), ContractsJson.Options, Cancellation);
            Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        }

        var access = Assert.Single(await api.QueryAsync(context => context.PhotoAccesses.Where(a => a.EventId == row.Id).ToListAsync(Cancellation)));
        Assert.Equal((ApiHost.Owner, photo.ImageId, joined.VisitorId, "original"),
            (access.Subject, access.ImageId, access.VisitorId, access.Rendition));
    }

    private async Task<HttpResponseMessage> SelectAsync(JoinedVisitor joined, Guid imageId)
    {
        using var visitor = api.Client(joined.Token);
        return await visitor.PutAsJsonAsync("/api/visitors/me/selected-image", new SelectImageRequest(imageId), Cancellation);
    }

    private async Task<Guid?> SelectedAsync(JoinedVisitor joined)
    {
        using var visitor = api.Client(joined.Token);
        var images = await visitor.GetFromJsonAsync<List<VisitorImage>>("/api/visitors/me/images", ContractsJson.Options, Cancellation);
        return images!.SingleOrDefault(image => image.Selected)?.ImageId;
    }

    private async Task<long> VersionAsync(JoinedVisitor joined)
    {
        using var visitor = api.Client(joined.Token);
        return (await visitor.GetFromJsonAsync<VisitorProfile>("/api/visitors/me", Cancellation))!.Version;
    }
}
