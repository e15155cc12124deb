using System.Net;
using Microsoft.EntityFrameworkCore;
using Repaint.Api.Images;
using Repaint.Contracts;
using Repaint.Contracts.Http;

namespace Repaint.Tests.Api;

/// <summary>The list behind the console's board.</summary>
public sealed class ImageListTests(ApiHost api) : IClassFixture<ApiHost>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_list_says_whose_photograph_who_took_it_and_how_it_is_doing()
    {
        var row = await api.CreateEventAsync(3);
        await api.AddMemberAsync(row.Id, "camera", email: "camera@example.org");
        var joined = await api.JoinAsync(row.Id);
        using var camera = api.Staff("camera");
        using var sent = await camera.PutAsync(
            $"/api/staff/events/{row.Id}/visitors/{joined.VisitorId}/photo", new ByteArrayContent([1, 2, 3]), Cancellation);
        var photo = await ApiHost.ReadAsync<AcceptedImage>(sent);
        await api.ClusteredAsync(row, photo, joined.VisitorId);
        var image = Assert.Single((await ListAsync(row.Id)).Images);
        Assert.Equal((photo.ImageId, joined.VisitorId, "camera", "camera@example.org", ImageState.Clustered, 1),
            (image.ImageId, image.VisitorId!.Value, image.SentBy, image.SentByEmail, image.State, image.ServingRevision));
        Assert.Equal(3, image.Palettes.Count);
    }

    [Fact]
    public async Task Filters_and_search_narrow_the_list()
    {
        var row = await api.CreateEventAsync();
        await api.AddMemberAsync(row.Id, "camera");
        var joined = await api.JoinAsync(row.Id);
        var photo = await api.PhotographAsync(joined, 1);
        var other = await api.PhotographAsync(await api.JoinAsync(row.Id), 2);
        var shared = await api.UploadAsync(row.Id, 3);
        var trace = Guid.CreateVersion7(api.Time.GetUtcNow()).ToString("N");
        await api.QueryAsync(context => context.Images.Where(image => image.Id == photo.ImageId).ExecuteUpdateAsync(
            set => set.SetProperty(image => image.TraceId, trace).SetProperty(image => image.SentBy, "camera"), Cancellation));

        await AssertListedAsync(row.Id, "", photo.ImageId, other.ImageId, shared.ImageId);
        await AssertListedAsync(row.Id, "kind=photo", photo.ImageId, other.ImageId);
        await AssertListedAsync(row.Id, "kind=default", shared.ImageId);
        await AssertListedAsync(row.Id, "sentBy=camera", photo.ImageId);
        await AssertListedAsync(row.Id, "sentBy=nobody");
        await AssertListedAsync(row.Id, "state=failed");
        await AssertListedAsync(row.Id, $"visitorId={joined.VisitorId}", photo.ImageId);
        await AssertListedAsync(row.Id, $"search={photo.ImageId}", photo.ImageId);
        await AssertListedAsync(row.Id, $"search={joined.VisitorId.ToString("N").ToUpperInvariant()}", photo.ImageId);
        await AssertListedAsync(row.Id, $"search={trace}", photo.ImageId);
        // The beginning of an id of this kind is the time: all have it in common.
        await AssertListedAsync(row.Id, $"search={photo.ImageId.ToString()[..6]}", photo.ImageId, other.ImageId, shared.ImageId);
        await AssertListedAsync(row.Id, $"search={photo.ImageId}&kind=default");
    }

    [Theory]
    [InlineData("limit=0")]
    [InlineData("limit=201")]
    [InlineData("limit=many")]
    [InlineData("cursor=AAAA")]
    [InlineData("state=Clustered")]
    [InlineData("kind=other")]
    [InlineData("visitorId=me")]
    [InlineData("search=abc")]
    [InlineData("search=hanako")]
    [InlineData("search=000000000000000000000000000000001")]
    [InlineData("sentBy=%00")]
    public async Task A_filter_outside_its_limits_is_refused(string query)
    {
        var row = await api.CreateEventAsync();
        using var staff = api.Staff();
        using var response = await staff.GetAsync($"/api/staff/events/{row.Id}/images?{query}", Cancellation);
        await ApiHost.AssertProblemAsync(400, ErrorCodes.InvalidRequest, response);
    }

    [Fact]
    public async Task Among_a_hundred_thousand_images_every_page_comes_from_an_index()
    {
        var row = await api.CreateEventAsync();
        await api.QueryAsync(async context =>
        {
            await context.Database.ExecuteSqlAsync($"""
                INSERT INTO images (id, event_id, version, revision, state, attempt, created_at, updated_at, sent_by, trace_id)
                SELECT gen_random_uuid(), {row.Id}, 1, 1, CASE WHEN n % 1000 = 0 THEN 'failed' ELSE 'clustered' END, 1,
                    now() - n * interval '1 second', now(), 'member-' || n % 50, md5(n::text)
                FROM generate_series(1, 100000) AS n
                """, Cancellation);
            return await context.Database.ExecuteSqlRawAsync("ANALYZE images", Cancellation);
        });
        var cursor = new ImageCursor(api.Time.GetUtcNow().AddHours(-10), Guid.CreateVersion7(api.Time.GetUtcNow())).ToString();
        foreach (var query in new ImageListQuery[]
        {
            new(),
            new() { Cursor = cursor },
            new() { State = new ImageStateFilter(ImageState.Failed) },
            new() { State = new ImageStateFilter(ImageState.Failed), Cursor = cursor },
            new() { SentBy = "member-7", Cursor = cursor },
            new() { VisitorId = Guid.CreateVersion7(api.Time.GetUtcNow()) },
            new() { Search = "0190abcd" },
            new() { Search = "d41d8cd98f00b204e9800998ecf8427e" },
        })
        {
            var plan = string.Join('\n', await api.QueryAsync(context => ExplainAsync(context, query.Apply(context, row.Id))));
            Assert.DoesNotContain("Seq Scan", plan, StringComparison.Ordinal);
            Assert.Contains("Index", plan, StringComparison.Ordinal);
        }

        // And they answer: all hundred of the failed, page by page, each once.
        var seen = new List<Guid>();
        string? next = null;
        do
        {
            var page = await ListAsync(row.Id, "state=failed&limit=30" + (next is null ? "" : $"&cursor={next}"));
            seen.AddRange(page.Images.Select(image => image.ImageId));
            next = page.Next;
        }
        while (next is not null);
        Assert.Equal(100, seen.Distinct().Count());
        Assert.Equal(100, seen.Count);
    }

    [Fact]
    public async Task All_failed_images_are_tried_again_and_a_refusal_does_not_hold_up_the_rest()
    {
        var row = await api.CreateEventAsync();
        var images = new List<AcceptedImage>();
        for (byte number = 0; number < 3; number++)
        {
            images.Add(await api.UploadAsync(row.Id, number));
        }

        // One that the gateway does not know, and one of another event that must not be touched.
        var unknown = Guid.CreateVersion7(api.Time.GetUtcNow());
        await api.QueryAsync(context => context.Database.ExecuteSqlAsync($"""
            INSERT INTO images (id, event_id, version, revision, state, attempt, created_at, updated_at)
            VALUES ({unknown}, {row.Id}, 1, 1, 'failed', 3, now(), now())
            """, Cancellation));
        await api.QueryAsync(context => context.Images.Where(image => image.EventId == row.Id && image.Id != images[0].ImageId)
            .ExecuteUpdateAsync(set => set.SetProperty(image => image.State, ImageState.Failed), Cancellation));
        using var staff = api.Staff();
        using var response = await staff.PostAsync($"/api/staff/events/{row.Id}/images/retry", null, Cancellation);
        Assert.Equal(new RetriedImages(2, 1, false), await ApiHost.ReadAsync<RetriedImages>(response));

        api.Gateway.Broken = 503;
        try
        {
            using var unavailable = await staff.PostAsync($"/api/staff/events/{row.Id}/images/retry", null, Cancellation);
            await ApiHost.AssertProblemAsync(503, ErrorCodes.Unavailable, unavailable);
        }
        finally
        {
            api.Gateway.Broken = null;
        }
    }

    private static async Task<List<string>> ExplainAsync(DbContext context, IQueryable<Image> images)
    {
        await context.Database.OpenConnectionAsync(Cancellation);
        await using var command = images.CreateDbCommand();
        command.CommandText = "EXPLAIN " + command.CommandText;
        await using var reader = await command.ExecuteReaderAsync(Cancellation);
        var plan = new List<string>();
        while (await reader.ReadAsync(Cancellation))
        {
            plan.Add(reader.GetString(0));
        }

        return plan;
    }

    private async Task AssertListedAsync(Guid eventId, string query, params Guid[] imageIds) =>
        Assert.Equal(imageIds.Order(), (await ListAsync(eventId, query)).Images.Select(image => image.ImageId).Order());

    private async Task<ImagePage> ListAsync(Guid eventId, string query = "")
    {
        using var staff = api.Staff();
        using var response = await staff.GetAsync($"/api/staff/events/{eventId}/images?{query}", Cancellation);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await ApiHost.ReadAsync<ImagePage>(response);
    }
}
