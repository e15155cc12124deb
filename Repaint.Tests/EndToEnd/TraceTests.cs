using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Repaint.Contracts;

namespace Repaint.Tests.EndToEnd;

/// <summary>One trace tells the life of a photograph, read back from the dashboard.</summary>
[Collection(SystemCollection.Name)]
public sealed class TraceTests(SystemFixture system)
{
    private const int Client = 3; // opentelemetry.proto.trace.v1.Span.SpanKind

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    // What happens to a photograph of a visitor who holds one palette, each step caused by the one before.
    private static readonly (string Service, string Span)[] Life =
    [
        (ResourceNames.Api, "PUT /api/staff/events/{eventId:guid}/visitors/{visitorId:guid}/photo"),
        (ResourceNames.ImageGateway, "PUT /internal/images/{imageId:guid}"),
        (ResourceNames.ImageGateway, $"send {QueueNames.Clustering}"),
        (ResourceNames.ClusteringWorker, $"process {QueueNames.Clustering}"),
        (ResourceNames.ClusteringWorker, $"send {QueueNames.ImageResults}"),
        (ResourceNames.ImageGateway, $"process {QueueNames.ImageResults}"),
        (ResourceNames.ImageGateway, $"send {QueueNames.ImageUpdates}"),
        (ResourceNames.Api, $"process {QueueNames.ImageUpdates}"),
        (ResourceNames.Api, "request renderings"),
        (ResourceNames.ImageGateway, "POST /internal/renderings"),
        (ResourceNames.ImageGateway, $"send {QueueNames.Generation}"),
        (ResourceNames.GenerationWorker, $"process {QueueNames.Generation}"),
        (ResourceNames.GenerationWorker, $"send {QueueNames.ImageResults}"),
        (ResourceNames.ImageGateway, $"process {QueueNames.ImageResults}"),
        (ResourceNames.ImageGateway, $"send {QueueNames.ImageUpdates}"),
        (ResourceNames.Api, $"process {QueueNames.ImageUpdates}"),
        (ResourceNames.Api, TelemetryAttributes.ImageVisibleSpan),
    ];

    // Work inside a step: who stores, who swaps.
    private static readonly (string Parent, string Span)[] Work =
    [
        ("PUT /internal/images/{imageId:guid}", TelemetryAttributes.ImageStoreSpan),
        ($"process {QueueNames.Clustering}", "clustering.store"),
        ($"process {QueueNames.Generation}", "generation.store"),
        ($"process {QueueNames.ImageResults}", TelemetryAttributes.ImageSwapSpan),
    ];

    [Fact]
    public async Task One_trace_tells_the_life_of_a_photograph_and_picks_and_redemptions_link_to_it()
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

        var spans = await ReadWholeTraceAsync(traceId, trace => Chain(trace) is not null
            && Work.All(work => trace.Any(span => span.Name == work.Span && trace.Any(
                parent => parent.Id == span.ParentId && parent.Name == work.Parent))));
        Assert.Equal(traceId, Assert.Single(spans, span => span.ParentId is null).TraceId);
        var visible = Chain(spans)!;
        Assert.Equal(visitor.Id.ToString(), visible.Attributes[TelemetryAttributes.VisitorId]);
        Assert.Equal(photo.ImageId.ToString(), visible.Attributes[TelemetryAttributes.ImageId]);
        Assert.Equal(system.Demo.Event.Id.ToString(), visible.Attributes[TelemetryAttributes.EventId]);
        Assert.Equal("ready", visible.Attributes[TelemetryAttributes.State]);
        Assert.Matches("^(?!0000)[0-9a-fA-F]{4}$", visible.Attributes[TelemetryAttributes.PaletteSet]);
        Assert.All(
            spans.Where(span => span.Name is $"process {QueueNames.Clustering}" or $"process {QueueNames.Generation}"),
            span => Assert.Contains(TelemetryAttributes.Attempt, span.Attributes.Keys));
        Assert.All(
            spans.Where(span => span.Name.StartsWith("process ", StringComparison.Ordinal)),
            span => Assert.Equal(photo.ImageId.ToString(), span.Attributes[TelemetryAttributes.ImageId]));
        Assert.Contains(spans, span => span.Name == $"process {QueueNames.ImageResults}"
            && span.Attributes.GetValueOrDefault(TelemetryAttributes.State) == "clustered");

        // What a visitor does later is a trace of its own that knows whose picture it was about.
        var pickTrace = await TraceOfAsync(() => visitor.PickAsync(system.Demo.Spots[1]), "POST /api/visitors/me/picks", photo.ImageId);
        Assert.NotEqual(traceId, pickTrace.TraceId);
        Assert.Contains(traceId, pickTrace.Links);
        var redemption = await TraceOfAsync(() => visitor.FetchAsync(), "GET /images/{imageId:guid}", photo.ImageId);
        Assert.NotEqual(traceId, redemption.TraceId);
        Assert.Contains(traceId, redemption.Links);
    }

    [Fact]
    public async Task Looking_for_work_that_is_not_there_leaves_no_trace()
    {
        // Long enough that every poll has run: a photo's whole life lies between.
        using var visitor = await system.JoinAsync();
        await system.Staff.PhotographAsync(system.Demo.Event.Id, visitor.Id, SystemFixture.Photo("dandelions.jpg"), Cancellation);
        await visitor.WaitForPictureAsync();

        var roots = (await ReadAsync("/api/telemetry/traces?limit=1000")).Where(span => span.ParentId is null).ToList();

        Assert.NotEmpty(roots);
        Assert.DoesNotContain(roots, span => span.Kind == Client);
        Assert.DoesNotContain(roots, span => span.Name == "GET /api/visitors/me/updates");
    }

    /// <summary>The mark at the end of the chain of <see cref="Life"/>; null while it is not complete.</summary>
    private static Span? Chain(List<Span> trace)
    {
        var byId = trace.ToDictionary(span => span.Id);
        return trace.FirstOrDefault(span => span.Name == TelemetryAttributes.ImageVisibleSpan && Ancestry(span).SequenceEqual(Life));

        IEnumerable<(string, string)> Ancestry(Span last)
        {
            var steps = new List<(string, string)>();
            for (var span = last; span is not null; span = span.ParentId is { } id ? byId.GetValueOrDefault(id) : null)
            {
                if (Life.Contains((span.Service, span.Name)))
                {
                    steps.Insert(0, (span.Service, span.Name));
                }
            }

            return steps;
        }
    }

    private async Task<Span> TraceOfAsync(Func<Task> act, string name, Guid imageId)
    {
        var before = (await ReadAsync("/api/telemetry/traces?limit=1000")).Select(span => span.Id).ToHashSet();
        await act();
        Span? found = null;
        await Eventually.IsAsync(async () =>
        {
            found = (await ReadAsync("/api/telemetry/traces?limit=1000")).FirstOrDefault(span => span.Name == name
                && !before.Contains(span.Id) && span.Attributes.GetValueOrDefault(TelemetryAttributes.ImageId) == imageId.ToString());
            return found is not null;
        });
        return found!;
    }

    private async Task<List<Span>> ReadWholeTraceAsync(string traceId, Func<List<Span>, bool> isWhole)
    {
        var spans = new List<Span>();
        await Eventually.IsAsync(async () =>
        {
            spans = await ReadAsync($"/api/telemetry/traces/{traceId}");
            var ids = spans.Select(span => span.Id).ToHashSet();
            return isWhole(spans) && spans.Count(span => span.ParentId is null || !ids.Contains(span.ParentId)) == 1;
        });
        return spans;
    }

    private async Task<List<Span>> ReadAsync(string path)
    {
        using var client = new HttpClient();
        using var response = await client.GetAsync(new Uri(system.State.Urls.Dashboard, path), Cancellation);
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
                   span.GetProperty("traceId").GetString()!,
                   span.GetProperty("name").GetString()!,
                   span.TryGetProperty("kind", out var kind) ? kind.GetInt32() : 0,
                   service!,
                   Attributes(span),
                   [
                       .. span.TryGetProperty("links", out var links)
                           ? links.EnumerateArray().Select(link => link.GetProperty("traceId").GetString()!)
                           : [],
                   ]),
        ];
    }

    private static Dictionary<string, string?> Attributes(JsonElement element) => element.TryGetProperty("attributes", out var attributes)
        ? attributes.EnumerateArray().DistinctBy(attribute => attribute.GetProperty("key").GetString()).ToDictionary(
            attribute => attribute.GetProperty("key").GetString()!,
            attribute => attribute.GetProperty("value").TryGetProperty("stringValue", out var text) ? text.GetString() : null)
        : [];

    private sealed record Span(
        string Id, string? ParentId, string TraceId, string Name, int Kind, string Service, Dictionary<string, string?> Attributes,
        IReadOnlyList<string> Links);
}
