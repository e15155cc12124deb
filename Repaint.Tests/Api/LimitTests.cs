using System.Net;
using System.Net.Http.Json;
using Microsoft.EntityFrameworkCore;
using Repaint.Api.Images;
using Repaint.Api.Spots;
using Repaint.Contracts;
using Repaint.Contracts.Http;

namespace Repaint.Tests.Api;

/// <summary>How many of a thing an event may have: what lists all of them stays short.</summary>
public sealed class LimitTests(ApiHost api) : IClassFixture<ApiHost>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_event_that_has_all_the_spots_it_may_have_gets_another_when_one_is_deleted()
    {
        var row = await api.CreateEventAsync();
        await api.QueryAsync(context => context.Database.ExecuteSqlAsync($"""
            INSERT INTO spots (id, event_id, name, created_at)
            SELECT gen_random_uuid(), {row.Id}, 'Gate', now() FROM generate_series(2, {StaffSpotEndpoints.MaxSpots})
            """, Cancellation));
        using var staff = api.Staff();
        var path = $"/api/staff/events/{row.Id}/spots";
        // At once, so that each could see room for itself.
        var both = await Task.WhenAll(CreateAsync(), CreateAsync());
        Assert.Equal([HttpStatusCode.Created, HttpStatusCode.Conflict], both.Order());
        using var refused = await staff.PostAsJsonAsync(path, new SpotSettings("Gate", null), Cancellation);
        await ApiHost.AssertProblemAsync(409, ErrorCodes.LimitReached, refused);

        var spots = await staff.GetFromJsonAsync<List<SpotDetails>>(path, ContractsJson.Options, Cancellation);
        using var deleted = await staff.DeleteAsync($"{path}/{spots![0].Id}", Cancellation);
        Assert.Equal(HttpStatusCode.Created, await CreateAsync());

        async Task<HttpStatusCode> CreateAsync()
        {
            using var response = await staff.PostAsJsonAsync(path, new SpotSettings("Gate", null), Cancellation);
            return response.StatusCode;
        }
    }

    [Fact]
    public async Task An_event_that_has_all_the_images_it_may_have_takes_those_it_has_and_no_other()
    {
        var row = await api.CreateEventAsync();
        var joined = await api.JoinAsync(row.Id);
        var first = await api.UploadAsync(row.Id, 1);
        await api.QueryAsync(context => context.Database.ExecuteSqlAsync($"""
            INSERT INTO images (id, event_id, version, revision, state, attempt, created_at, updated_at)
            SELECT gen_random_uuid(), {row.Id}, 0, 1, 'stored', 1, now(), now() FROM generate_series(2, {ImageAcceptance.MaxEventImages})
            """, Cancellation));
        using var staff = api.Staff();
        using var refused = await staff.PostAsync($"/api/staff/events/{row.Id}/images", new ByteArrayContent([2]), Cancellation);
        await ApiHost.AssertProblemAsync(409, ErrorCodes.LimitReached, refused);
        Assert.Equal(first.ImageId, (await api.UploadAsync(row.Id, 1)).ImageId);
        // A visitor's photograph is none of them.
        await api.PhotographAsync(joined, 3);

        using var deleted = await staff.DeleteAsync($"/api/staff/events/{row.Id}/images/{first.ImageId}", Cancellation);
        await api.UploadAsync(row.Id, 2);
        Assert.Equal(ImageAcceptance.MaxEventImages, await api.QueryAsync(context => context.Images.CountAsync(
            image => image.EventId == row.Id && image.VisitorId == null, Cancellation)));
    }
}
