using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Json;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using Repaint.Contracts;
using Repaint.Contracts.Http;
using Repaint.Tests.Gateway;

namespace Repaint.Tests.Api;

public sealed class SecrecyTests(ApiHost api) : IClassFixture<ApiHost>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task No_log_and_no_span_holds_a_token_a_recovery_code_or_the_code_of_a_spot()
    {
        using var logs = new CapturedLogs();
        var told = new ConcurrentQueue<string>();
        using var spans = new ActivityListener
        {
            ShouldListenTo = _ => true,
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity => told.Enqueue(Describe(activity)),
        };
        ActivitySource.AddActivityListener(spans);
        var (factory, address) = api.StartInstance(builder => builder.ConfigureLogging(logging => logging
            .SetMinimumLevel(LogLevel.Trace).AddProvider(logs)));
        await using var instance = factory;
        var row = await api.CreateEventAsync();
        var spot = await api.CreateSpotAsync(row.Id);
        var rotating = await api.CreateSpotAsync(row.Id, 30);
        using var anyone = api.Client(address: address);
        using var joining = await anyone.PostAsync($"/api/events/{row.Id}/visitors", null, Cancellation);
        var joined = await ApiHost.ReadAsync<JoinedVisitor>(joining);
        using var recovering = await anyone.PostAsJsonAsync("/api/visitors/recover", new RecoverRequest(joined.RecoveryCode), Cancellation);
        var recovered = await ApiHost.ReadAsync<JoinedVisitor>(recovering);
        var photo = await api.PhotographAsync(joined, 1);
        await api.ClusteredAsync(row, photo, joined.VisitorId);

        using var visitor = api.Client(recovered.Token, address);
        using var old = api.Client(joined.Token, address);
        using var refused = await old.GetAsync("/api/visitors/me", Cancellation);
        foreach (var code in new[] { spot.Code, rotating.Code, spot.Code + "AAAA", spot.Code[..^2] + "AA" })
        {
            using var pick = await visitor.PostAsJsonAsync(
                "/api/visitors/me/picks", new PickRequest(code, Guid.CreateVersion7(api.Time.GetUtcNow())), Cancellation);
        }

        using var link = await visitor.PostAsJsonAsync(
            "/api/visitors/me/images/selected/one-time-url", new OneTimeUrlRequest(Rendition.View), ContractsJson.Options, Cancellation);
        var staffToken = api.Authority.Token(ApiHost.Owner);
        using var staff = api.Client(staffToken, address);
        foreach (var path in new[] { $"spots/{spot.Id}/code", $"spots/{spot.Id}/qr.svg", "spots", "join-qr.svg" })
        {
            using var shown = await staff.GetAsync($"/api/staff/events/{row.Id}/{path}", Cancellation);
            Assert.True(shown.IsSuccessStatusCode);
        }

        using var erased = await visitor.DeleteAsync("/api/visitors/me", Cancellation);
        // Stopped, so that nothing is still to be told.
        await factory.DisposeAsync();
        Assert.Contains(logs.Lines, line => line.Contains("/api/visitors/me/picks", StringComparison.Ordinal));
        Assert.Contains(told, span => span.Contains("/api/visitors/me/picks", StringComparison.Ordinal));
        foreach (var secret in new[]
        {
            joined.Token, recovered.Token, joined.RecoveryCode, joined.RecoveryCode.Replace("-", "", StringComparison.Ordinal),
            spot.Code, rotating.Code, spot.Code[..^2], staffToken, FakeGateway.Key, FakeGateway.LinkToken,
        })
        {
            Assert.DoesNotContain(logs.Lines, line => line.Contains(secret, StringComparison.Ordinal));
            Assert.DoesNotContain(told, span => span.Contains(secret, StringComparison.Ordinal));
        }
    }

    private static string Describe(Activity activity) =>
        $"{activity.DisplayName} {activity.StatusDescription} "
        + string.Join(' ', activity.TagObjects.Select(tag => $"{tag.Key}={tag.Value}")) + ' '
        + string.Join(' ', activity.Baggage.Select(item => $"{item.Key}={item.Value}")) + ' '
        + string.Join(' ', activity.Events.SelectMany(item => item.Tags.Select(tag => $"{item.Name}:{tag.Key}={tag.Value}")));
}
