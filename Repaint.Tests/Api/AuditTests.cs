using System.Net.Http.Json;
using Repaint.Contracts;
using Repaint.Contracts.Http;

namespace Repaint.Tests.Api;

public sealed class AuditTests(ApiHost api) : IClassFixture<ApiHost>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Thumbnails_come_in_the_order_asked_for_and_looks_at_visitors_are_recorded()
    {
        var row = await api.CreateEventAsync(3);
        var elsewhere = await api.CreateEventAsync();
        var joined = await api.JoinAsync(row.Id);
        var photo = await api.PhotographAsync(joined, 1);
        var shared = await api.UploadAsync(row.Id, 2);
        var foreign = await api.UploadAsync(elsewhere.Id, 3);
        api.Gateway.Links.Clear();
        using var staff = api.Staff();
        using var response = await staff.PostAsJsonAsync(
            $"/api/staff/events/{row.Id}/thumbnails", new ThumbnailsRequest([shared.ImageId, foreign.ImageId, photo.ImageId]),
            ContractsJson.Options, Cancellation);
        var page = await ApiHost.ReadAsync<ThumbnailPage>(response);
        Assert.Equal([shared.ImageId, foreign.ImageId, photo.ImageId], page.Thumbnails.Select(thumbnail => thumbnail.ImageId));
        Assert.Equal([null, ErrorCodes.NotFound, null], page.Thumbnails.Select(thumbnail => thumbnail.Code));
        Assert.Equal([true, false, true], page.Thumbnails.Select(thumbnail => thumbnail.Url is not null));
        // In all its colours, so that staff know the person; and never another event's.
        Assert.All(api.Gateway.Links, link => Assert.Equal((Rendition.Thumbnail, PaletteSet.All(3)), (link.Rendition, link.PaletteSet)));
        Assert.DoesNotContain(api.Gateway.Links, link => link.ImageId == foreign.ImageId);

        var access = Assert.Single((await AuditAsync(row.Id)).Accesses);
        Assert.Equal((ApiHost.Owner, joined.VisitorId, photo.ImageId, Rendition.Thumbnail),
            (access.Subject, access.VisitorId, access.ImageId, access.Rendition));
        Assert.Empty((await AuditAsync(elsewhere.Id)).Accesses);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("\"all\"")]
    [InlineData("[\"not an id\"]")]
    public async Task A_request_for_thumbnails_outside_its_limits_is_refused(string ids)
    {
        var row = await api.CreateEventAsync();
        using var staff = api.Staff();
        using var response = await staff.PostAsync(
            $"/api/staff/events/{row.Id}/thumbnails",
            new StringContent($$"""{"imageIds":{{ids}}}""", System.Text.Encoding.UTF8, "application/json"), Cancellation);
        await ApiHost.AssertProblemAsync(400, ErrorCodes.InvalidRequest, response);
        using var many = await staff.PostAsJsonAsync(
            $"/api/staff/events/{row.Id}/thumbnails",
            new ThumbnailsRequest([.. Enumerable.Range(0, ThumbnailsRequest.MaxImages + 1).Select(_ => row.Id)]), ContractsJson.Options, Cancellation);
        await ApiHost.AssertProblemAsync(400, ErrorCodes.InvalidRequest, many);
    }

    [Fact]
    public async Task The_record_outlives_the_visitor_and_is_read_in_pages()
    {
        var row = await api.CreateEventAsync();
        await api.AddMemberAsync(row.Id, "curious", email: "curious@example.org");
        var joined = await api.JoinAsync(row.Id);
        var photo = await api.PhotographAsync(joined, 1);
        using var curious = api.Staff("curious");
        for (var look = 0; look < 5; look++)
        {
            using var link = await curious.PostAsJsonAsync(
                $"/api/staff/events/{row.Id}/images/{photo.ImageId}/one-time-url", new StaffOneTimeUrlRequest(Rendition.View), ContractsJson.Options, Cancellation);
            Assert.True(link.IsSuccessStatusCode);
        }

        using var visitor = api.Client(joined.Token);
        using var erased = await visitor.DeleteAsync("/api/visitors/me", Cancellation);
        var first = await AuditAsync(row.Id, $"visitorId={joined.VisitorId}&limit=3");
        var second = await AuditAsync(row.Id, $"subject=curious&limit=3&cursor={first.Next}");
        Assert.Equal((3, 2, null), (first.Accesses.Count, second.Accesses.Count, second.Next));
        Assert.All(first.Accesses.Concat(second.Accesses), access => Assert.Equal("curious@example.org", access.Email));
        Assert.Empty((await AuditAsync(row.Id, "subject=owner")).Accesses);
    }

    [Theory]
    [InlineData("limit=0")]
    [InlineData("limit=501")]
    [InlineData("cursor=x")]
    [InlineData("cursor=-1")]
    [InlineData("visitorId=me")]
    [InlineData("subject=%00")]
    public async Task A_page_outside_its_limits_is_refused(string query)
    {
        var row = await api.CreateEventAsync();
        using var staff = api.Staff();
        using var response = await staff.GetAsync($"/api/staff/events/{row.Id}/audit?{query}", Cancellation);
        await ApiHost.AssertProblemAsync(400, ErrorCodes.InvalidRequest, response);
    }

    private async Task<PhotoAccessPage> AuditAsync(Guid eventId, string query = "")
    {
        using var staff = api.Staff();
        using var response = await staff.GetAsync($"/api/staff/events/{eventId}/audit?{query}", Cancellation);
        return await ApiHost.ReadAsync<PhotoAccessPage>(response);
    }
}
