using System.Net.Http.Headers;
using System.Net.Http.Json;
using Repaint.Contracts;
using Repaint.Contracts.Http;
using Repaint.Local.Demo;

namespace Repaint.Tests.EndToEnd;

/// <summary>A visitor with a phone: the patient client for getting on, a plain one for what it would hide.</summary>
internal sealed class TestVisitor(Uri api) : IDisposable
{
    private readonly VisitorClient _client = new(api, TimeProvider.System);

    public HttpClient Http { get; } = new() { BaseAddress = api };

    public Guid Id { get; private set; }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async Task JoinAsync(Guid eventId)
    {
        var joined = await _client.JoinAsync(eventId, Cancellation);
        Id = joined.VisitorId;
        Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", joined.Token);
    }

    public Task<VisitorUpdate> WaitForPictureAsync() => _client.WaitForPictureAsync(Cancellation);

    public Task<byte[]> FetchAsync(Rendition rendition = Rendition.View) => _client.FetchAsync(rendition, Cancellation);

    public Task<PickedPalette> PickAsync(SpotDetails spot) =>
        _client.PickAsync(new PickRequest(spot.Code, Guid.CreateVersion7(TimeProvider.System.GetUtcNow())), Cancellation);

    public async Task<OneTimeUrl> MintAsync()
    {
        using var response = await Http.PostAsJsonAsync(
            "/api/visitors/me/images/selected/one-time-url", new OneTimeUrlRequest(Rendition.View), ContractsJson.Options, Cancellation);
        response.EnsureSuccessStatusCode();
        return (await response.Content.ReadFromJsonAsync<OneTimeUrl>(ContractsJson.Options, Cancellation))!;
    }

    public async Task<IReadOnlyList<VisitorImage>> GetImagesAsync() =>
        (await Http.GetFromJsonAsync<IReadOnlyList<VisitorImage>>("/api/visitors/me/images", ContractsJson.Options, Cancellation))!;

    public void Dispose()
    {
        _client.Dispose();
        Http.Dispose();
    }
}
