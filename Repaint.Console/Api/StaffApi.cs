using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Repaint.Console.Board;
using Repaint.Contracts;
using Repaint.Contracts.Http;

namespace Repaint.Console.Api;

/// <summary>The staff half of the public API. Every failure is an <see cref="ApiException"/>.</summary>
internal sealed class StaffApi(HttpClient http)
{
    private const string Root = "api/staff";

    private static ConsoleJson Json => ConsoleJson.Default;

    public Uri Origin => http.BaseAddress!;

    public Task<StaffProfile> ProfileAsync() => GetAsync($"{Root}/me", Json.StaffProfile);

    public Task<IReadOnlyList<EventDetails>> EventsAsync() => GetAsync($"{Root}/events", Json.IReadOnlyListEventDetails);

    public Task<EventDetails> EventAsync(Guid eventId) => GetAsync(Event(eventId), Json.EventDetails);

    public Task<EventDetails> CreateEventAsync(EventSettings settings) =>
        SendAsync(HttpMethod.Post, $"{Root}/events", settings, Json.EventSettings, Json.EventDetails);

    public Task<EventDetails> UpdateEventAsync(Guid eventId, EventSettings settings) =>
        SendAsync(HttpMethod.Put, Event(eventId), settings, Json.EventSettings, Json.EventDetails);

    public Task DeleteEventAsync(Guid eventId) => SendAsync(HttpMethod.Delete, Event(eventId));

    public Task<VisitorStatus> VisitorAsync(Guid eventId, Guid visitorId) =>
        GetAsync($"{Event(eventId)}/visitors/{visitorId}", Json.VisitorStatus);

    /// <summary>Who has the short code that somebody typed.</summary>
    public Task<VisitorStatus> FindVisitorAsync(Guid eventId, string code) =>
        GetAsync($"{Event(eventId)}/visitors?code={Uri.EscapeDataString(code)}", Json.VisitorStatus);

    public Task<EventStatistics> StatisticsAsync(Guid eventId) => GetAsync($"{Event(eventId)}/stats", Json.EventStatistics);

    public Task<ImagePage> ImagesAsync(Guid eventId, BoardQuery query, string? cursor, int limit) =>
        GetAsync($"{Event(eventId)}/images?{query.Address(cursor, limit)}", Json.ImagePage);

    public Task<RetriedImages> RetryFailedAsync(Guid eventId) =>
        SendAsync(HttpMethod.Post, $"{Event(eventId)}/images/retry", Json.RetriedImages);

    public Task<ImageDetails> ImageAsync(Guid eventId, Guid imageId) => GetAsync($"{Event(eventId)}/images/{imageId}", Json.ImageDetails);

    public Task<ThumbnailPage> ThumbnailsAsync(Guid eventId, IReadOnlyList<Guid> images) => SendAsync(
        HttpMethod.Post, $"{Event(eventId)}/thumbnails", new ThumbnailsRequest(images), Json.ThumbnailsRequest, Json.ThumbnailPage);

    public Task<OneTimeUrl> OneTimeUrlAsync(Guid eventId, Guid imageId, Rendition rendition, PaletteSet? set) => SendAsync(
        HttpMethod.Post, $"{Event(eventId)}/images/{imageId}/one-time-url", new StaffOneTimeUrlRequest(rendition, set),
        Json.StaffOneTimeUrlRequest, Json.OneTimeUrl);

    public Task RetryImageAsync(Guid eventId, Guid imageId) => SendAsync(HttpMethod.Post, $"{Event(eventId)}/images/{imageId}/retry");

    public Task DeleteImageAsync(Guid eventId, Guid imageId) => SendAsync(HttpMethod.Delete, $"{Event(eventId)}/images/{imageId}");

    public Task<IReadOnlyList<SpotDetails>> SpotsAsync(Guid eventId) => GetAsync($"{Event(eventId)}/spots", Json.IReadOnlyListSpotDetails);

    public Task<SpotDetails> SpotAsync(Guid eventId, Guid spotId) => GetAsync($"{Event(eventId)}/spots/{spotId}", Json.SpotDetails);

    public Task<SpotDetails> CreateSpotAsync(Guid eventId, SpotSettings spot) =>
        SendAsync(HttpMethod.Post, $"{Event(eventId)}/spots", spot, Json.SpotSettings, Json.SpotDetails);

    public Task<SpotDetails> UpdateSpotAsync(Guid eventId, Guid spotId, SpotSettings spot) =>
        SendAsync(HttpMethod.Put, $"{Event(eventId)}/spots/{spotId}", spot, Json.SpotSettings, Json.SpotDetails);

    public Task DeleteSpotAsync(Guid eventId, Guid spotId) => SendAsync(HttpMethod.Delete, $"{Event(eventId)}/spots/{spotId}");

    public Task<CurrentSpotCode> SpotCodeAsync(Guid eventId, Guid spotId) =>
        GetAsync($"{Event(eventId)}/spots/{spotId}/code", Json.CurrentSpotCode);

    public Task<IReadOnlyList<MemberDetails>> MembersAsync(Guid eventId) => GetAsync($"{Event(eventId)}/members", Json.IReadOnlyListMemberDetails);

    public Task SetRoleAsync(Guid eventId, Guid memberId, string role) =>
        SendAsync(HttpMethod.Put, $"{Event(eventId)}/members/{memberId}", new MemberSettings(role), Json.MemberSettings);

    public Task RemoveMemberAsync(Guid eventId, Guid memberId) => SendAsync(HttpMethod.Delete, $"{Event(eventId)}/members/{memberId}");

    public Task LeaveAsync(Guid eventId) => SendAsync(HttpMethod.Delete, $"{Event(eventId)}/members/me");

    public Task<IReadOnlyList<InvitationDetails>> InvitationsAsync(Guid eventId) =>
        GetAsync($"{Event(eventId)}/invitations", Json.IReadOnlyListInvitationDetails);

    public Task<CreatedInvitation> InviteAsync(Guid eventId, InvitationRequest invitation) =>
        SendAsync(HttpMethod.Post, $"{Event(eventId)}/invitations", invitation, Json.InvitationRequest, Json.CreatedInvitation);

    public Task WithdrawAsync(Guid eventId, Guid invitationId) => SendAsync(HttpMethod.Delete, $"{Event(eventId)}/invitations/{invitationId}");

    public Task<EventDetails> AcceptInvitationAsync(string token) => SendAsync(
        HttpMethod.Post, $"{Root}/invitations/accept", new AcceptInvitationRequest(token), Json.AcceptInvitationRequest, Json.EventDetails);

    public static string Event(Guid eventId) => $"{Root}/events/{eventId}";

    public async Task<T> GetAsync<T>(string path, JsonTypeInfo<T> answer, CancellationToken cancellationToken = default)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        using var response = await SendAsync(request, cancellationToken);
        return await ReadAsync(response, answer, cancellationToken);
    }

    public async Task<string> GetTextAsync(string path, CancellationToken cancellationToken = default)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        using var response = await SendAsync(request, cancellationToken);
        return await BodyAsync(() => response.Content.ReadAsStringAsync(cancellationToken));
    }

    public async Task<TAnswer> SendAsync<TBody, TAnswer>(
        HttpMethod method, string path, TBody body, JsonTypeInfo<TBody> bodyType, JsonTypeInfo<TAnswer> answer)
    {
        using var request = new HttpRequestMessage(method, path) { Content = JsonContent.Create(body, bodyType) };
        using var response = await SendAsync(request, default);
        return await ReadAsync(response, answer, default);
    }

    public async Task<TAnswer> SendAsync<TAnswer>(HttpMethod method, string path, JsonTypeInfo<TAnswer> answer)
    {
        using var request = new HttpRequestMessage(method, path);
        using var response = await SendAsync(request, default);
        return await ReadAsync(response, answer, default);
    }

    public async Task SendAsync<TBody>(HttpMethod method, string path, TBody body, JsonTypeInfo<TBody> bodyType)
    {
        using var request = new HttpRequestMessage(method, path) { Content = JsonContent.Create(body, bodyType) };
        using var response = await SendAsync(request, default);
    }

    public async Task SendAsync(HttpMethod method, string path)
    {
        using var request = new HttpRequestMessage(method, path);
        using var response = await SendAsync(request, default);
    }

    /// <summary>An answer that is a success; its body is not read yet.</summary>
    public async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        HttpResponseMessage response;
        try
        {
            response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        }
        catch (Exception exception) when (IsOffline(exception, cancellationToken))
        {
            throw new ApiException(Trouble.Offline, inner: exception);
        }

        if (response.IsSuccessStatusCode)
        {
            return response;
        }

        using (response)
        {
            throw ApiException.From((int)response.StatusCode, await ReadProblemAsync(response), response.Headers.RetryAfter?.Delta);
        }
    }

    private static async Task<T> ReadAsync<T>(HttpResponseMessage response, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        try
        {
            return await BodyAsync(() => response.Content.ReadFromJsonAsync(type, cancellationToken))
                ?? throw new ApiException(Trouble.Server);
        }
        catch (JsonException exception)
        {
            throw new ApiException(Trouble.Server, inner: exception);
        }
    }

    private static async Task<T> BodyAsync<T>(Func<Task<T>> read)
    {
        try
        {
            return await read();
        }
        catch (HttpRequestException exception)
        {
            // The connection broke in the middle of the answer.
            throw new ApiException(Trouble.Offline, inner: exception);
        }
    }

    // No connection, or a network that swallows what it is given until our patience ends.
    private static bool IsOffline(Exception exception, CancellationToken cancellationToken) =>
        exception is HttpRequestException || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested);

    private static async Task<ApiProblem?> ReadProblemAsync(HttpResponseMessage response)
    {
        try
        {
            return await response.Content.ReadFromJsonAsync(Json.ApiProblem);
        }
        catch (Exception exception) when (exception is JsonException or HttpRequestException)
        {
            // A proxy's page, or nothing: the status says enough.
            return null;
        }
    }
}
