using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
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
            throw new LocalException(Refusal(
                method, path, response.StatusCode, await response.Content.ReadAsStringAsync(cancellationToken)));
        }

        return (await response.Content.ReadFromJsonAsync<T>(ContractsJson.Options, cancellationToken))!;
    }

    /// <summary>What a problem says, for a person first.</summary>
    internal static string Refusal(HttpMethod method, string path, HttpStatusCode status, string body)
    {
        try
        {
            var problem = JsonSerializer.Deserialize<RefusedProblem>(body, JsonSerializerOptions.Web);
            if (problem is { Detail: { } detail })
            {
                return $"{detail} ({method} {path} answers {(int)status} {problem.Code}, trace {problem.TraceId}.)";
            }
        }
        catch (JsonException)
        {
            // Something in between answers, or nothing that has been told what a problem is.
        }

        return $"{method} {path}: {(int)status} {body}";
    }

    private sealed record RefusedProblem(string? Detail, string? Code, string? TraceId);
}
