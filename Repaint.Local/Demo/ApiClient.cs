using System.Net.Http.Json;
using Repaint.Contracts;
using Repaint.Local.Lan;

namespace Repaint.Local.Demo;

/// <summary>JSON over the public API, with patience.</summary>
internal abstract class ApiClient(Uri api, TimeProvider time, LanExposure? lan = null) : IDisposable
{
    protected HttpClient Http { get; } = new(LocalHttp.NewHandler(lan)) { BaseAddress = api };

    protected Patience Patience { get; } = new(time);

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing) => Http.Dispose();

    /// <summary>Adds who is asking.</summary>
    protected abstract Task AuthorizeAsync(HttpRequestMessage request, CancellationToken cancellationToken);

    protected Task<T> GetAsync<T>(string path, CancellationToken cancellationToken) =>
        SendAsync<T>(HttpMethod.Get, path, () => null, cancellationToken);

    protected Task<T> PostAsync<T>(string path, object? body, CancellationToken cancellationToken) =>
        SendAsync<T>(HttpMethod.Post, path,
            () => body is null ? null : JsonContent.Create(body, body.GetType(), options: ContractsJson.Options), cancellationToken);

    /// <summary>Sends a request whose body <paramref name="content"/> makes, again for every repetition.</summary>
    protected async Task<T> SendAsync<T>(HttpMethod method, string path, Func<HttpContent?> content, CancellationToken cancellationToken)
    {
        using var response = await Patience.SendAsync(Http, async cancellation =>
        {
            var request = new HttpRequestMessage(method, path) { Content = content() };
            await AuthorizeAsync(request, cancellation);
            return request;
        }, cancellationToken);
        if (!response.IsSuccessStatusCode)
        {
            throw new LocalException(
                $"{method} {path}: {(int)response.StatusCode} {await response.Content.ReadAsStringAsync(cancellationToken)}");
        }

        return (await response.Content.ReadFromJsonAsync<T>(ContractsJson.Options, cancellationToken))!;
    }
}
