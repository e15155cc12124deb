using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Repaint.Contracts.Http;
using Repaint.Local.Lan;
using Repaint.Local.Supervision;
using Repaint.Local.Topology;

namespace Repaint.Local.Demo;

/// <summary>The staff's side of the public API, as the script client.</summary>
internal sealed class StaffClient(Uri api, Uri authority, string clientSecret, TimeProvider time, LanExposure? lan) : ApiClient(api, time, lan)
{
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(1);

    private readonly TimeProvider _time = time;
    private readonly HttpClient _authority = new(LocalHttp.NewHandler(lan)) { BaseAddress = authority };
    private (string Value, DateTimeOffset Until) _token;

    public static StaffClient For(SystemState system, DataFolder data, TimeProvider time) => new(
        system.Urls.Api, system.Urls.Identity, data.Secret(SystemTopology.SecretOf(SystemTopology.ScriptClientId)), time, system.Lan);

    public Task<StaffProfile> GetProfileAsync(CancellationToken cancellationToken) =>
        GetAsync<StaffProfile>("/api/staff/me", cancellationToken);

    public Task<EventDetails> CreateEventAsync(EventSettings settings, CancellationToken cancellationToken) =>
        PostAsync<EventDetails>("/api/staff/events", settings, cancellationToken);

    public Task<IReadOnlyList<SpotDetails>> GetSpotsAsync(Guid eventId, CancellationToken cancellationToken) =>
        GetAsync<IReadOnlyList<SpotDetails>>($"/api/staff/events/{eventId}/spots", cancellationToken);

    public Task<SpotDetails> CreateSpotAsync(Guid eventId, SpotSettings settings, CancellationToken cancellationToken) =>
        PostAsync<SpotDetails>($"/api/staff/events/{eventId}/spots", settings, cancellationToken);

    public Task<VisitorStatus> GetVisitorAsync(Guid eventId, Guid visitorId, CancellationToken cancellationToken) =>
        GetAsync<VisitorStatus>($"/api/staff/events/{eventId}/visitors/{visitorId}", cancellationToken);

    public Task<ImageDetails> GetImageAsync(Guid eventId, Guid imageId, CancellationToken cancellationToken) =>
        GetAsync<ImageDetails>($"/api/staff/events/{eventId}/images/{imageId}", cancellationToken);

    public Task<AcceptedImage> AddImageAsync(Guid eventId, byte[] image, CancellationToken cancellationToken) =>
        SendAsync<AcceptedImage>(HttpMethod.Post, $"/api/staff/events/{eventId}/images", () => Image(image), cancellationToken);

    public Task<AcceptedImage> PhotographAsync(Guid eventId, Guid visitorId, byte[] photo, CancellationToken cancellationToken) =>
        SendAsync<AcceptedImage>(
            HttpMethod.Put, $"/api/staff/events/{eventId}/visitors/{visitorId}/photo", () => Image(photo), cancellationToken);

    /// <summary>An access token that is good for another minute at least.</summary>
    public async Task<string> GetTokenAsync(CancellationToken cancellationToken)
    {
        if (_time.GetUtcNow() > _token.Until)
        {
            _token = await RequestTokenAsync(cancellationToken);
        }

        return _token.Value;
    }

    protected override async Task AuthorizeAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await GetTokenAsync(cancellationToken));
    }

    protected override void Dispose(bool disposing)
    {
        _authority.Dispose();
        base.Dispose(disposing);
    }

    private async Task<(string, DateTimeOffset)> RequestTokenAsync(CancellationToken cancellationToken)
    {
        var form = new Dictionary<string, string>
        {
            ["grant_type"] = "client_credentials",
            ["client_id"] = SystemTopology.ScriptClientId,
            ["client_secret"] = clientSecret,
        };
        using var response = await Patience.SendAsync(
            _authority,
            _ => Task.FromResult(new HttpRequestMessage(HttpMethod.Post, "connect/token") { Content = new FormUrlEncodedContent(form) }),
            cancellationToken);
        if (response.StatusCode != HttpStatusCode.OK)
        {
            throw new LocalException(
                $"No staff token: {(int)response.StatusCode} {await response.Content.ReadAsStringAsync(cancellationToken)}");
        }

        var answer = await response.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
        var lifetime = TimeSpan.FromSeconds(answer.GetProperty("expires_in").GetInt32());
        return (answer.GetProperty("access_token").GetString()!, _time.GetUtcNow() + lifetime - Margin);
    }

    private static ByteArrayContent Image(byte[] bytes) => new(bytes)
    {
        Headers = { ContentType = new MediaTypeHeaderValue("application/octet-stream") },
    };
}
