using System.Net;
using System.Text.Json;
using Repaint.Contracts;
using Repaint.Contracts.Http;

namespace Repaint.Tests.Api;

public sealed class OpenApiTests(ApiHost api) : IClassFixture<ApiHost>
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>On purpose: run with REPAINT_UPDATE_SNAPSHOTS=1, then read the difference.</summary>
    [Fact]
    public async Task The_committed_document_is_the_one_that_is_served()
    {
        var committed = Path.Combine(Root(), "docs", "openapi.json");
        var served = await DocumentAsync();
        if (Environment.GetEnvironmentVariable("REPAINT_UPDATE_SNAPSHOTS") == "1")
        {
            await File.WriteAllTextAsync(committed, served, Cancellation);
        }

        Assert.Equal(await File.ReadAllTextAsync(committed, Cancellation), served);
    }

    [Fact]
    public async Task Every_operation_has_a_name_a_summary_and_a_tag()
    {
        using var document = JsonDocument.Parse(await DocumentAsync());
        foreach (var operation in Operations(document))
        {
            Assert.False(string.IsNullOrWhiteSpace(operation.GetProperty("operationId").GetString()));
            Assert.False(string.IsNullOrWhiteSpace(operation.GetProperty("summary").GetString()), operation.ToString());
            Assert.Single(operation.GetProperty("tags").EnumerateArray());
        }
    }

    /// <summary>Headers apart: what they may be is HTTP's business, and Kestrel limits their length.</summary>
    [Fact]
    public async Task Everything_that_can_be_sent_has_a_limit()
    {
        using var document = JsonDocument.Parse(await DocumentAsync());
        var schemas = document.RootElement.GetProperty("components").GetProperty("schemas");
        var unlimited = new List<string>();
        foreach (var operation in Operations(document))
        {
            var name = operation.GetProperty("operationId").GetString()!;
            if (operation.TryGetProperty("parameters", out var parameters))
            {
                foreach (var parameter in parameters.EnumerateArray().Where(parameter => parameter.GetProperty("in").GetString() != "header"))
                {
                    Check($"{name}?{parameter.GetProperty("name")}", parameter.GetProperty("schema"));
                }
            }

            if (operation.TryGetProperty("requestBody", out var body)
                && body.GetProperty("content").TryGetProperty("application/json", out var json))
            {
                Check(name, json.GetProperty("schema"));
            }
        }

        Assert.Empty(unlimited);

        void Check(string path, JsonElement schema)
        {
            if (schema.TryGetProperty("$ref", out var reference))
            {
                Check(path, schemas.GetProperty(reference.GetString()!.Split('/')[^1]));
            }
            else if (schema.TryGetProperty("oneOf", out var either))
            {
                either.EnumerateArray().ToList().ForEach(one => Check(path, one));
            }
            else if (schema.TryGetProperty("properties", out var properties))
            {
                properties.EnumerateObject().ToList().ForEach(property => Check($"{path}.{property.Name}", property.Value));
            }
            else if (!IsLimited(schema))
            {
                unlimited.Add($"{path}: {schema}");
            }
            else if (schema.TryGetProperty("items", out var items))
            {
                Check(path + "[]", items);
            }
        }
    }

    [Fact]
    public async Task Everything_that_is_sent_or_answered_has_an_example_that_can_be_read()
    {
        using var document = JsonDocument.Parse(await DocumentAsync());
        var types = typeof(EventSettings).Assembly.GetTypes().Where(type => type.Namespace == typeof(EventSettings).Namespace).ToDictionary(type => type.Name);
        foreach (var schema in document.RootElement.GetProperty("components").GetProperty("schemas").EnumerateObject()
            .Where(schema => schema.Value.TryGetProperty("properties", out _) && schema.Name != "Problem"))
        {
            Assert.True(schema.Value.TryGetProperty("examples", out var examples), schema.Name);
            Assert.NotNull(examples.EnumerateArray().Single().Deserialize(
                types.GetValueOrDefault(schema.Name) ?? typeof(Palette).Assembly.GetType($"Repaint.Contracts.{schema.Name}", throwOnError: true)!,
                ContractsJson.Options));
        }

        foreach (var operation in Operations(document))
        {
            foreach (var response in operation.GetProperty("responses").EnumerateObject().Where(response => response.Name[0] == '4'))
            {
                var examples = response.Value.GetProperty("content").GetProperty("application/problem+json").GetProperty("examples");
                Assert.All(examples.EnumerateObject(), example => Assert.Equal(example.Name, example.Value.GetProperty("value").GetProperty("code").GetString()));
            }
        }
    }

    [Theory]
    [InlineData("""{"name":""}""")]
    [InlineData("""{"name":"   "}""")]
    [InlineData("""{"name":"123456789012345678901234567890123"}""")]
    [InlineData("""{"name":"a","paletteCount":1}""")]
    [InlineData("""{"name":"a","paletteCount":17}""")]
    [InlineData("""{"name":"a","paletteCount":"8"}""")]
    [InlineData("""{"name":"a","cooldownSeconds":-1}""")]
    [InlineData("""{"name":"a","cooldownSeconds":86401}""")]
    [InlineData("""{"name":null}""")]
    [InlineData("""{}""")]
    [InlineData("""{""")]
    [InlineData("")]
    public async Task What_is_outside_the_limits_is_a_400_with_a_code(string body)
    {
        using var staff = api.Staff();
        using var response = await staff.PostAsync(
            "/api/staff/events", new StringContent(body, System.Text.Encoding.UTF8, "application/json"), Cancellation);
        await ApiHost.AssertProblemAsync(400, ErrorCodes.InvalidRequest, response);
    }

    [Fact]
    public async Task The_API_starts_its_own_traces_and_carries_them_to_the_gateway()
    {
        const string foreign = "0af7651916cd43dd8448eb211c80319c";
        var row = await api.CreateEventAsync();
        using var staff = api.Staff();
        staff.DefaultRequestHeaders.Add("traceparent", $"00-{foreign}-b7ad6b7169203331-01");
        using var response = await staff.PostAsync($"/api/staff/events/{row.Id}/images", new ByteArrayContent([1]), Cancellation);
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        Assert.DoesNotContain(api.Gateway.TraceParents, traceParent => traceParent.Contains(foreign, StringComparison.Ordinal));
        Assert.Contains(api.Gateway.TraceParents, traceParent => traceParent.Length > 0);
    }

    [Fact]
    public async Task QR_codes_are_pictures()
    {
        var row = await api.CreateEventAsync();
        var spot = await api.CreateSpotAsync(row.Id);
        using var staff = api.Staff();
        foreach (var path in new[] { "join-qr.svg", $"spots/{spot.Id}/qr.svg" })
        {
            using var response = await staff.GetAsync($"/api/staff/events/{row.Id}/{path}", Cancellation);
            Assert.Equal("image/svg+xml", response.Content.Headers.ContentType?.MediaType);
            Assert.StartsWith("<svg", await response.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("false", HttpStatusCode.NotFound)]
    [InlineData("true", HttpStatusCode.OK)]
    public async Task The_reference_is_served_outside_Development_only_when_asked(string serve, HttpStatusCode expected)
    {
        var (factory, address) = api.StartInstance(builder => builder.UseSetting("ServeReference", serve));
        await using var instance = factory;
        using var client = api.Client(address: address);
        using var response = await client.GetAsync("/docs/", Cancellation);
        Assert.Equal(expected, response.StatusCode);
    }

    private static IEnumerable<JsonElement> Operations(JsonDocument document) => document.RootElement.GetProperty("paths").EnumerateObject()
        .SelectMany(path => path.Value.EnumerateObject()).Select(operation => operation.Value);

    private static bool IsLimited(JsonElement schema)
    {
        var types = schema.TryGetProperty("type", out var type) ? type.ToString() : "";
        return types switch
        {
            "null" => true,
            _ when schema.TryGetProperty("enum", out _) || types.Contains("boolean", StringComparison.Ordinal) => true,
            _ when types.Contains("string", StringComparison.Ordinal) => schema.TryGetProperty("maxLength", out _)
                || (schema.TryGetProperty("pattern", out var pattern) && pattern.GetString()!.EndsWith("}$", StringComparison.Ordinal))
                || (schema.TryGetProperty("format", out var format) && format.GetString() is "uuid" or "date-time"),
            _ when types.Contains("integer", StringComparison.Ordinal) => schema.GetProperty("format").GetString() == "int64"
                || (schema.TryGetProperty("minimum", out _) && schema.TryGetProperty("maximum", out _)),
            _ => schema.TryGetProperty("maxItems", out _),
        };
    }

    internal static string Root()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Repaint.sln")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new DirectoryNotFoundException("Repaint.sln");
        }

        return folder;
    }

    private async Task<string> DocumentAsync()
    {
        using var client = api.Client();
        using var document = JsonDocument.Parse(await client.GetStringAsync("/openapi/v1.json", Cancellation));
        return JsonSerializer.Serialize(document.RootElement, Indented) + "\n";
    }
}
