using System.Net;
using System.Text.Json;
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
    public async Task Every_operation_has_a_name_a_summary_and_a_tag_and_every_field_its_limits()
    {
        using var document = JsonDocument.Parse(await DocumentAsync());
        foreach (var operation in document.RootElement.GetProperty("paths").EnumerateObject().SelectMany(path => path.Value.EnumerateObject()))
        {
            Assert.False(string.IsNullOrWhiteSpace(operation.Value.GetProperty("operationId").GetString()));
            Assert.False(string.IsNullOrWhiteSpace(operation.Value.GetProperty("summary").GetString()), operation.Value.ToString());
            Assert.Single(operation.Value.GetProperty("tags").EnumerateArray());
        }

        var schemas = document.RootElement.GetProperty("components").GetProperty("schemas");
        var settings = schemas.GetProperty(nameof(EventSettings)).GetProperty("properties");
        Assert.Equal(32, settings.GetProperty("name").GetProperty("maxLength").GetInt32());
        Assert.Equal(16, settings.GetProperty("paletteCount").GetProperty("maximum").GetInt32());
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
