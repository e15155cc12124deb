using Polly;
using Repaint.Contracts;
using Repaint.Contracts.Http;

namespace Repaint.Api.Gateway;

/// <summary>The gateway's internal listener: short JSON calls, all of which may be repeated.</summary>
internal sealed class GatewayClient(HttpClient http)
{
    public async Task<IReadOnlyList<MintedLink>> MintAsync(IReadOnlyList<LinkRequest> links, CancellationToken cancellation)
    {
        using var response = await SendAsync(
            HttpMethod.Post, GatewayRoutes.OneTimeUrls, JsonContent.Create(new MintRequest(links), options: ContractsJson.Options), cancellation);
        return (await response.ReadAsync<MintResponse>(cancellation)).Links;
    }

    public Task RenderAsync(IReadOnlyList<RenderRequest> requests, CancellationToken cancellation) => CommandAsync(
        HttpMethod.Post, GatewayRoutes.Renderings, JsonContent.Create(new RenderRequests(requests), options: ContractsJson.Options), cancellation);

    public Task RetryAsync(Guid imageId, CancellationToken cancellation) =>
        CommandAsync(HttpMethod.Post, $"{GatewayRoutes.Images}/{imageId}/retry", null, cancellation);

    /// <summary>Erases what <paramref name="path"/> names; the second time as well as the first.</summary>
    public Task DeleteAsync(string path, Guid id, CancellationToken cancellation) =>
        CommandAsync(HttpMethod.Delete, $"{path}/{id}", null, cancellation);

    private async Task CommandAsync(HttpMethod method, string path, HttpContent? content, CancellationToken cancellation)
    {
        using var response = await SendAsync(method, path, content, cancellation);
        await response.EnsureAcceptedAsync(cancellation);
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, HttpContent? content, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        try
        {
            return await http.SendAsync(request, cancellation);
        }
        catch (Exception exception) when (exception is HttpRequestException or ExecutionRejectedException)
        {
            throw new GatewayException("The gateway cannot be reached.", null, null, null, exception);
        }
    }
}
