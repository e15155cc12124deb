using System.Net;
using System.Net.Http.Json;
using Repaint.Contracts;
using Repaint.Contracts.Http;

namespace Repaint.Tests.Api;

public sealed class RetentionTests(ApiHost api) : IClassFixture<ApiHost>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_event_past_its_date_erases_itself_and_no_other()
    {
        // Several instances look at once.
        var (factory, _) = api.StartInstance();
        await using var other = factory;
        using var staff = api.Staff();
        var past = await CreateAsync(staff, api.Time.GetUtcNow().AddMinutes(2));
        var later = await CreateAsync(staff, api.Time.GetUtcNow().AddDays(2));
        var kept = await CreateAsync(staff, null);
        var joined = await api.JoinAsync(past.Id);
        await api.PhotographAsync(joined, 1);
        using var visitor = api.Client(joined.Token);
        using var before = await visitor.GetAsync("/api/visitors/me", Cancellation);
        Assert.Equal(HttpStatusCode.OK, before.StatusCode);

        await ApiHost.UntilAsync(() =>
        {
            // At most an hour altogether, so that only one of the events comes due.
            if (api.Time.GetUtcNow() < past.CreatedAt.AddHours(1))
            {
                api.Time.Advance(TimeSpan.FromSeconds(30));
            }

            return api.Gateway.Deletions.Contains($"{GatewayRoutes.Events}/{past.Id}");
        });

        using var after = await visitor.GetAsync("/api/visitors/me", Cancellation);
        await ApiHost.AssertProblemAsync(401, ErrorCodes.Unauthenticated, after);
        var left = await staff.GetFromJsonAsync<List<EventDetails>>("/api/staff/events", ContractsJson.Options, Cancellation);
        Assert.Equal(new[] { later.Id, kept.Id }.Order(), left!.Select(row => row.Id).Order());
    }

    private static async Task<EventDetails> CreateAsync(HttpClient staff, DateTimeOffset? until)
    {
        using var response = await staff.PostAsJsonAsync("/api/staff/events", new EventSettings("Matsuri", RetainUntil: until), Cancellation);
        return await ApiHost.ReadAsync<EventDetails>(response);
    }
}
