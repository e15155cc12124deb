using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Repaint.Contracts;

namespace Repaint.Tests.EndToEnd;

/// <summary>One trace tells the life of a photograph, read back from the dashboard.</summary>
[Collection(SystemCollection.Name)]
public sealed class TraceTests(SystemFixture system)
{
    private static readonly string[] Services =
        [ResourceNames.Api, ResourceNames.ImageGateway, ResourceNames.ClusteringWorker, ResourceNames.GenerationWorker];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task One_trace_holds_every_service_both_queues_and_the_moment_it_became_visible()
    {
        using var visitor = await system.JoinAsync();
        // One palette held before the photo is taken: the first picture to be seen is a painting.
        await visitor.PickAsync(system.Demo.Spots[0]);
        var photo = await system.Staff.PhotographAsync(
            system.Demo.Event.Id, visitor.Id, SystemFixture.Photo("dandelions.jpg"), Cancellation);
        await Eventually.IsAsync(async () =>
            (await system.Staff.GetImageAsync(system.Demo.Event.Id, photo.ImageId, Cancellation)).State == ImageState.Clustered);
        await visitor.WaitForPictureAsync();
        var traceId = (await system.Staff.GetImageAsync(system.Demo.Event.Id, photo.ImageId, Cancellation)).TraceId;
        Assert.NotNull(traceId);

        var spans = new List<Span>();
        await Eventually.IsAsync(async () =>
        {
            spans = await ReadTraceAsync(traceId);
            return spans.Any(span => span.Name == TelemetryAttributes.ImageVisibleSpan)
                && Services.All(name => spans.Any(span => span.Service == name))
                && QueueNames.All.All(queue => spans.Any(span => span.Attributes.GetValueOrDefault("messaging.destination.name") == queue));
        });

        var visible = spans.First(span => span.Name == TelemetryAttributes.ImageVisibleSpan);
        Assert.Equal(visitor.Id.ToString(), visible.Attributes[TelemetryAttributes.VisitorId]);
        Assert.Equal(photo.ImageId.ToString(), visible.Attributes[TelemetryAttributes.ImageId]);
        await Eventually.IsAsync(async () =>
        {
            spans = await ReadTraceAsync(traceId);
            var ids = spans.Select(span => span.Id).ToHashSet();
            return spans.Count(span => span.ParentId is null || !ids.Contains(span.ParentId)) == 1;
        });
    }

    private async Task<List<Span>> ReadTraceAsync(string traceId)
    {
        using var client = new HttpClient();
        using var response = await client.GetAsync(new Uri(system.State.Urls.Dashboard, $"/api/telemetry/traces/{traceId}"), Cancellation);
        if (response.StatusCode == HttpStatusCode.NotFound)
        {
            return [];
        }

        var trace = await response.Content.ReadFromJsonAsync<JsonElement>(Cancellation);
        return
        [
            .. from resource in trace.GetProperty("data").GetProperty("resourceSpans").EnumerateArray()
               let service = Attributes(resource.GetProperty("resource"))["service.name"]
               from scope in resource.GetProperty("scopeSpans").EnumerateArray()
               from span in scope.GetProperty("spans").EnumerateArray()
               select new Span(
                   span.GetProperty("spanId").GetString()!,
                   span.TryGetProperty("parentSpanId", out var parent) && parent.GetString() is { Length: > 0 } id ? id : null,
                   span.GetProperty("name").GetString()!,
                   service!,
                   Attributes(span)),
        ];
    }

    private static Dictionary<string, string?> Attributes(JsonElement element) => element.TryGetProperty("attributes", out var attributes)
        ? attributes.EnumerateArray().DistinctBy(attribute => attribute.GetProperty("key").GetString()).ToDictionary(
            attribute => attribute.GetProperty("key").GetString()!,
            attribute => attribute.GetProperty("value").TryGetProperty("stringValue", out var text) ? text.GetString() : null)
        : [];

    private sealed record Span(string Id, string? ParentId, string Name, string Service, Dictionary<string, string?> Attributes);
}
