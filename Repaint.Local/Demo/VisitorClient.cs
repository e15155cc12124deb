using System.Net;
using System.Net.Http.Headers;
using Repaint.Contracts;
using Repaint.Contracts.Http;
using Repaint.Local.Lan;

namespace Repaint.Local.Demo;

/// <summary>The visitor's side of the public API.</summary>
internal sealed class VisitorClient(Uri api, TimeProvider time, LanExposure? lan = null) : ApiClient(api, time, lan)
{
    private string? _token;

    public async Task<JoinedVisitor> JoinAsync(Guid eventId, CancellationToken cancellationToken)
    {
        var joined = await PostAsync<JoinedVisitor>($"/api/events/{eventId}/visitors", body: null, cancellationToken);
        _token = joined.Token;
        return joined;
    }

    public Task<VisitorProfile> GetProfileAsync(CancellationToken cancellationToken) =>
        GetAsync<VisitorProfile>("/api/visitors/me", cancellationToken);

    public Task<PickedPalette> PickAsync(PickRequest pick, CancellationToken cancellationToken) =>
        PostAsync<PickedPalette>("/api/visitors/me/picks", pick, cancellationToken);

    /// <summary>Waits until the newest picture can be fetched.</summary>
    /// <exception cref="LocalException">It never will be.</exception>
    public Task<VisitorUpdate> WaitForPictureAsync(CancellationToken cancellationToken) => Patience.UntilAsync("The picture", async () =>
    {
        var update = await GetAsync<VisitorUpdate>("/api/visitors/me/updates", cancellationToken);
        return update.State switch
        {
            VisitorPictureStates.Ready => update,
            VisitorPictureStates.Failed => throw new LocalException("The picture could not be made."),
            _ => null,
        };
    }, cancellationToken);

    /// <summary>Fetches a rendition of the selected picture by a fresh one-time URL; another one if the first broke off.</summary>
    public Task<byte[]> FetchAsync(Rendition rendition, CancellationToken cancellationToken) => Patience.UntilAsync("The picture", async () =>
    {
        var link = await PostAsync<OneTimeUrl>(
            "/api/visitors/me/images/selected/one-time-url", new OneTimeUrlRequest(rendition), cancellationToken);
        // No token beside the link: the link alone is the right to see it.
        using var response = await Patience.SendAsync(
            Http, _ => Task.FromResult(new HttpRequestMessage(HttpMethod.Get, link.Url)), cancellationToken);
        return response.StatusCode switch
        {
            HttpStatusCode.OK => await response.Content.ReadAsByteArrayAsync(cancellationToken),
            // Used by a delivery that a crash cut short.
            HttpStatusCode.Gone => null,
            _ => throw new LocalException(
                $"The one-time URL answers {(int)response.StatusCode} {await response.Content.ReadAsStringAsync(cancellationToken)}"),
        };
    }, cancellationToken);

    protected override Task AuthorizeAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        request.Headers.Authorization = _token is null ? null : new AuthenticationHeaderValue("Bearer", _token);
        return Task.CompletedTask;
    }
}
