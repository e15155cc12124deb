using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Repaint.Contracts;
using Repaint.Contracts.Http;
using Repaint.Contracts.Messages;

namespace Repaint.Tests.Api;

public sealed class PhotoTests(ApiHost api) : IClassFixture<ApiHost>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_second_photograph_needs_overwrite_and_the_same_bytes_change_nothing()
    {
        var row = await api.CreateEventAsync();
        var visitor = await api.JoinAsync(row.Id);
        var first = await api.PhotographAsync(visitor, 1, 2, 3);
        Assert.Equal(1, first.Revision);

        Assert.Equal(first, await api.PhotographAsync(visitor, 1, 2, 3));
        using var refused = await api.PhotographAsync(row.Id, visitor.VisitorId, [4, 5, 6]);
        await ApiHost.AssertProblemAsync(409, ErrorCodes.PhotoExists, refused);
        using var replaced = await api.PhotographAsync(row.Id, visitor.VisitorId, [4, 5, 6], overwrite: true);
        Assert.Equal(first with { Revision = 2 }, await ApiHost.ReadAsync<AcceptedImage>(replaced));
    }

    [Fact]
    public async Task Staff_see_whether_a_visitor_has_been_photographed()
    {
        var row = await api.CreateEventAsync();
        var visitor = await api.JoinAsync(row.Id);
        using var staff = api.Staff();
        var path = $"/api/staff/events/{row.Id}/visitors/{visitor.VisitorId}";
        Assert.Equal(
            new VisitorStatus(visitor.VisitorId, false, null, null, 0), await staff.GetFromJsonAsync<VisitorStatus>(path, ContractsJson.Options, Cancellation));
        var photo = await api.PhotographAsync(visitor, 1);
        Assert.Equal(
            new VisitorStatus(visitor.VisitorId, true, photo.ImageId, ImageState.Stored, 0),
            await staff.GetFromJsonAsync<VisitorStatus>(path, ContractsJson.Options, Cancellation));
    }

    [Fact]
    public async Task Staff_find_a_visitor_by_the_short_code_in_their_own_event_only()
    {
        var row = await api.CreateEventAsync();
        var visitor = await api.JoinAsync(row.Id);
        var elsewhere = await api.CreateEventAsync();
        using var staff = api.Staff();
        var code = VisitorShortCode.Of(visitor.VisitorId);

        foreach (var typed in (string[])[code, $" {code.ToLowerInvariant().Replace('-', ' ')} "])
        {
            var found = await staff.GetFromJsonAsync<VisitorStatus>(
                $"/api/staff/events/{row.Id}/visitors?code={Uri.EscapeDataString(typed)}", ContractsJson.Options, Cancellation);
            Assert.Equal(visitor.VisitorId, found!.VisitorId);
        }

        string[] strange = [$"{elsewhere.Id}/visitors?code={code}", $"{row.Id}/visitors?code=0000-0000", $"{row.Id}/visitors?code=%25%25%25%25%25%25%25%25"];
        foreach (var path in strange)
        {
            using var refused = await staff.GetAsync(new Uri($"/api/staff/events/{path}", UriKind.Relative), Cancellation);
            await ApiHost.AssertProblemAsync(404, ErrorCodes.NotFound, refused);
        }
    }

    [Fact]
    public async Task A_gateway_that_is_down_answers_503_and_changes_nothing()
    {
        var row = await api.CreateEventAsync();
        var visitor = await api.JoinAsync(row.Id);
        api.Gateway.Broken = 500;
        try
        {
            using var response = await api.PhotographAsync(row.Id, visitor.VisitorId, [1]);
            await ApiHost.AssertProblemAsync(503, ErrorCodes.Unavailable, response);
            Assert.NotNull(response.Headers.RetryAfter);
        }
        finally
        {
            api.Gateway.Broken = null;
        }

        Assert.False(await api.QueryAsync(context => context.Images.AnyAsync(image => image.VisitorId == visitor.VisitorId, Cancellation)));
    }

    [Fact]
    public async Task A_picture_of_too_many_bytes_is_refused_before_they_are_sent()
    {
        var row = await api.CreateEventAsync();
        using var connection = new TcpClient();
        await connection.ConnectAsync(api.Address.Host, api.Address.Port, Cancellation);
        await using var stream = connection.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            $"POST /api/staff/events/{row.Id}/images HTTP/1.1\r\nHost: {api.Address.Authority}\r\nConnection: close\r\n"
            + $"Authorization: Bearer {api.Authority.Token(ApiHost.Owner)}\r\nContent-Length: 1000000000\r\n\r\n"), Cancellation);
        using var reader = new StreamReader(stream);
        var response = await reader.ReadToEndAsync(Cancellation);
        Assert.StartsWith("HTTP/1.1 413", response, StringComparison.Ordinal);
        Assert.Contains(ErrorCodes.ImageTooLarge, response, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_visitor_erased_while_the_bytes_travel_leaves_nothing_at_the_gateway()
    {
        var row = await api.CreateEventAsync();
        var joined = await api.JoinAsync(row.Id);
        using var visitor = api.Client(joined.Token);
        api.Gateway.DuringUpload = async () =>
        {
            using var erased = await visitor.DeleteAsync("/api/visitors/me", CancellationToken.None);
            Assert.Equal(HttpStatusCode.NoContent, erased.StatusCode);
        };
        try
        {
            using var response = await api.PhotographAsync(row.Id, joined.VisitorId, [9]);
            await ApiHost.AssertProblemAsync(404, ErrorCodes.NotFound, response);
        }
        finally
        {
            api.Gateway.DuringUpload = () => Task.CompletedTask;
        }

        await ApiHost.UntilAsync(() => api.Gateway.Deletions.Any(path => path.StartsWith(GatewayRoutes.Images, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task An_update_for_an_erased_visitor_brings_nothing_back_and_erases_again()
    {
        var row = await api.CreateEventAsync();
        var joined = await api.JoinAsync(row.Id);
        var photo = await api.PhotographAsync(joined, 7, 7);
        using var visitor = api.Client(joined.Token);
        using var erased = await visitor.DeleteAsync("/api/visitors/me", Cancellation);
        await api.ClusteredAsync(row, photo, joined.VisitorId);
        Assert.False(await api.QueryAsync(context => context.Images.AnyAsync(image => image.Id == photo.ImageId, Cancellation)));
        await ApiHost.UntilAsync(() => api.Gateway.Deletions.Contains($"{GatewayRoutes.Images}/{photo.ImageId}"));
    }

    [Fact]
    public async Task The_same_event_image_twice_is_one_image()
    {
        var row = await api.CreateEventAsync();
        var first = await api.UploadAsync(row.Id, 1, 1, 1);
        var second = await api.UploadAsync(row.Id, 1, 1, 1);
        var other = await api.UploadAsync(row.Id, 2, 2, 2);
        Assert.Equal(first, second);
        Assert.NotEqual(first, other);
        Assert.Equal(2, await api.QueryAsync(context => context.Images.CountAsync(image => image.EventId == row.Id, Cancellation)));
    }

    [Fact]
    public async Task The_same_event_image_sent_at_once_is_one_image_and_the_rest_is_erased()
    {
        var row = await api.CreateEventAsync();
        var sent = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => api.UploadAsync(row.Id, 8, 8)));
        var kept = Assert.Single(sent.Distinct());
        var joined = await api.JoinAsync(row.Id);
        using var visitor = api.Client(joined.Token);
        var images = await visitor.GetFromJsonAsync<List<VisitorImage>>("/api/visitors/me/images", ContractsJson.Options, Cancellation);
        Assert.Equal((kept.ImageId, true), images!.Select(image => (image.ImageId, image.Selected)).Single());
        await ApiHost.UntilAsync(() => api.Gateway.Deletions.Count(path =>
            path.StartsWith(GatewayRoutes.Images, StringComparison.Ordinal)) >= sent.Length - 1);
    }

    [Fact]
    public async Task A_first_update_that_overtakes_the_answer_to_the_upload_makes_the_image_known()
    {
        var row = await api.CreateEventAsync();
        var joined = await api.JoinAsync(row.Id);
        var photoId = await api.QueryAsync(context => context.Visitors
            .Where(visitor => visitor.Id == joined.VisitorId).Select(visitor => visitor.PhotoImageId).SingleAsync(Cancellation));
        await api.ClusteredAsync(row, new AcceptedImage(photoId, 1), joined.VisitorId);
        Assert.Equal(photoId, (await api.PhotographAsync(joined, 1)).ImageId);
        using var visitor = api.Client(joined.Token);
        var image = Assert.Single((await visitor.GetFromJsonAsync<List<VisitorImage>>(
            "/api/visitors/me/images", ContractsJson.Options, Cancellation))!);
        Assert.Equal((photoId, ImageState.Clustered, true), (image.ImageId, image.State, image.Selected));
    }

    [Fact]
    public async Task Erasing_an_event_erases_everything_of_it_and_tells_the_gateway()
    {
        var row = await api.CreateEventAsync();
        var spot = await api.CreateSpotAsync(row.Id);
        await api.UploadAsync(row.Id, 3);
        var joined = await api.JoinAsync(row.Id);
        await api.PhotographAsync(joined, 4);
        using var visitor = api.Client(joined.Token);
        using var pick = await visitor.PostAsJsonAsync(
            "/api/visitors/me/picks", new PickRequest(spot.Code, Guid.CreateVersion7(api.Time.GetUtcNow())), Cancellation);
        using var staff = api.Staff();
        using var erased = await staff.DeleteAsync($"/api/staff/events/{row.Id}", Cancellation);
        Assert.Equal(HttpStatusCode.NoContent, erased.StatusCode);
        await ApiHost.UntilAsync(() => api.Gateway.Deletions.Contains($"{GatewayRoutes.Events}/{row.Id}"));
        using var gone = await visitor.GetAsync("/api/visitors/me", Cancellation);
        Assert.Equal(HttpStatusCode.Unauthorized, gone.StatusCode);
        foreach (var table in new[] { "visitors", "images", "spots", "spot_keys", "event_palettes", "event_members", "photo_accesses" })
        {
            var count = "SELECT count(*)::int AS \"Value\" FROM " + table + " WHERE event_id = {0}";
            var left = await api.QueryAsync(context => context.Database.SqlQueryRaw<int>(count, row.Id).SingleAsync(Cancellation));
            Assert.True(left == 0, $"{table}: {left}");
        }
    }

    [Fact]
    public async Task Updates_apply_once_and_in_order_of_version()
    {
        var row = await api.CreateEventAsync();
        var image = await api.UploadAsync(row.Id, 5);
        await api.ClusteredAsync(row, image, version: 7);
        await api.ClusteredAsync(row, image, version: 7);
        await api.HandleAsync(new ImageUpdated(
            row.Id, image.ImageId, null, 6, 1, ImageState.Failed, 1, FailureReasons.Corrupt, null, api.Time.GetUtcNow(), null));
        using var staff = api.Staff();
        var details = await staff.GetFromJsonAsync<ImageDetails>(
            $"/api/staff/events/{row.Id}/images/{image.ImageId}", ContractsJson.Options, Cancellation);
        Assert.Equal(ImageState.Clustered, details!.State);
        Assert.Null(details.Reason);
        Assert.Equal(row.PaletteCount, details.Palettes.Count);
    }

    [Fact]
    public async Task The_palette_count_is_frozen_by_the_first_upload()
    {
        var row = await api.CreateEventAsync(paletteCount: 8);
        using var staff = api.Staff();
        var path = $"/api/staff/events/{row.Id}";
        using var changed = await staff.PutAsJsonAsync(path, new EventSettings("Matsuri", 4, 0), Cancellation);
        Assert.Equal(4, (await ApiHost.ReadAsync<EventDetails>(changed)).PaletteCount);
        await api.UploadAsync(row.Id, 5);
        Assert.Contains(api.Gateway.Uploads, query =>
            query.Contains(row.Id.ToString(), StringComparison.Ordinal) && query.Contains("paletteCount=4", StringComparison.Ordinal));
        using var refused = await staff.PutAsJsonAsync(path, new EventSettings("Matsuri", 5, 0), Cancellation);
        await ApiHost.AssertProblemAsync(409, ErrorCodes.PaletteCountFrozen, refused);
        using var renamed = await staff.PutAsJsonAsync(path, new EventSettings("Natsu", 4, 10), Cancellation);
        Assert.Equal("Natsu", (await ApiHost.ReadAsync<EventDetails>(renamed)).Name);
    }

    [Fact]
    public async Task Pages_of_images_are_newest_first_and_miss_none()
    {
        var row = await api.CreateEventAsync();
        var uploaded = new List<Guid>();
        for (byte number = 0; number < 5; number++)
        {
            uploaded.Add((await api.UploadAsync(row.Id, number)).ImageId);
        }

        using var staff = api.Staff();
        var seen = new List<Guid>();
        for (string? cursor = ""; cursor is not null;)
        {
            var path = $"/api/staff/events/{row.Id}/images?state=stored&limit=2{(cursor.Length > 0 ? $"&cursor={cursor}" : "")}";
            var page = await staff.GetFromJsonAsync<ImagePage>(path, ContractsJson.Options, Cancellation);
            seen.AddRange(page!.Images.Select(image => image.ImageId));
            cursor = page.Next;
        }

        Assert.Equal(uploaded.Count, seen.Count);
        Assert.Equal(uploaded.ToHashSet(), [.. seen]);
        using var wrong = await staff.GetAsync($"/api/staff/events/{row.Id}/images?cursor=nonsense", Cancellation);
        await ApiHost.AssertProblemAsync(400, ErrorCodes.InvalidRequest, wrong);
    }
}
