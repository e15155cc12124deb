using System.Net;
using Microsoft.EntityFrameworkCore;
using Repaint.Contracts.Http;

namespace Repaint.Tests.Api;

public sealed class DatabaseTroubleTests(ApiHost api) : IClassFixture<ApiHost>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_api_that_is_here_before_its_migration_says_that_it_is_unavailable_and_goes_on_when_it_has_come()
    {
        var row = await api.CreateEventAsync();
        using var staff = api.Staff();
        var path = $"/api/staff/events/{row.Id}/spots";
        await RenameAsync("ALTER TABLE spots RENAME TO spots_to_come");
        using var refused = await staff.GetAsync(path, Cancellation);
        await ApiHost.AssertProblemAsync(503, ErrorCodes.Unavailable, refused);
        Assert.NotNull(refused.Headers.RetryAfter);

        await RenameAsync("ALTER TABLE spots_to_come RENAME TO spots");
        using var answered = await staff.GetAsync(path, Cancellation);
        Assert.Equal(HttpStatusCode.OK, answered.StatusCode);

        Task RenameAsync(string sql) => api.QueryAsync(context => context.Database.ExecuteSqlRawAsync(sql, Cancellation));
    }
}
