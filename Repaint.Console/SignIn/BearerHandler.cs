using System.Net;
using System.Net.Http.Headers;

namespace Repaint.Console.SignIn;

/// <summary>Gives each request the newest access token, and notices when the API takes it no more.</summary>
internal sealed class BearerHandler(Session session) : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await session.AccessTokenAsync());
        var response = await base.SendAsync(request, cancellationToken);
        if (response.StatusCode == HttpStatusCode.Unauthorized)
        {
            session.OnExpired();
        }

        return response;
    }
}
