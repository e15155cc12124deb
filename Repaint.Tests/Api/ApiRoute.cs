using System.Text;
using System.Text.Json;

namespace Repaint.Tests.Api;

/// <summary>A route, as the committed OpenAPI document tells of it (which a test compares with the one that is served).</summary>
internal sealed record ApiRoute(string Name, string Method, string Path, string? Caller, bool HasBody)
{
    public bool IsAboutEvent => Path.StartsWith("/api/staff/events/{eventId}", StringComparison.Ordinal);

    public static IReadOnlyList<ApiRoute> All { get; } = Read();

    public static ApiRoute Named(string name) => All.Single(route => route.Name == name);

    /// <summary>A request to it: about these things, and with a body in which every route finds what it needs.</summary>
    public HttpRequestMessage Request(IReadOnlyDictionary<string, Guid> ids)
    {
        var path = ids.Aggregate(Path, (text, id) => text.Replace($"{{{id.Key}}}", id.Value.ToString(), StringComparison.Ordinal));
        Assert.DoesNotContain("{", path, StringComparison.Ordinal);
        var body = JsonSerializer.Serialize(new
        {
            name = "x",
            rendition = "view",
            imageId = ids["imageId"],
            imageIds = new[] { ids["imageId"] },
            role = "staff",
            email = "somebody@example.org",
            token = "x",
            code = "x",
            recoveryCode = "x",
            pickId = ids["imageId"],
        });
        return new HttpRequestMessage(new HttpMethod(Method), path)
        {
            Content = HasBody ? new StringContent(body, Encoding.UTF8, "application/json") : null,
        };
    }

    private static List<ApiRoute> Read()
    {
        using var document = JsonDocument.Parse(File.ReadAllText(System.IO.Path.Combine(OpenApiTests.Root(), "docs", "openapi.json")));
        return [.. from path in document.RootElement.GetProperty("paths").EnumerateObject()
                   from operation in path.Value.EnumerateObject()
                   let caller = operation.Value.TryGetProperty("security", out var security)
                       ? security.EnumerateArray().Single().EnumerateObject().Single().Name
                       : null
                   select new ApiRoute(
                       operation.Value.GetProperty("operationId").GetString()!, operation.Name.ToUpperInvariant(), path.Name, caller,
                       operation.Value.TryGetProperty("requestBody", out _))];
    }
}
