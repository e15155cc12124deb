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
