using System.Text.Json;
using Microsoft.AspNetCore.Mvc;
using Repaint.Contracts;
using Repaint.ServiceDefaults.Problems;

namespace Repaint.Api.Gateway;

/// <summary>Reads the gateway's answers; every one that is not success becomes a <see cref="GatewayException"/>.</summary>
internal static class GatewayResponses
{
    public static async Task<T> ReadAsync<T>(this HttpResponseMessage response, CancellationToken cancellation)
    {
        await response.EnsureAcceptedAsync(cancellation);
        return await response.Content.ReadFromJsonAsync<T>(ContractsJson.Options, cancellation)
            ?? throw new JsonException("The gateway answered null.");
    }

    public static async Task EnsureAcceptedAsync(this HttpResponseMessage response, CancellationToken cancellation)
    {
        if (response.IsSuccessStatusCode)
        {
            return;
        }

        var code = await ReadCodeAsync(response, cancellation);
        throw new GatewayException(
            $"The gateway answered {(int)response.StatusCode} {code}.", response.StatusCode, code, response.Headers.RetryAfter?.Delta);
    }

    private static async Task<string?> ReadCodeAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        try
        {
            var problem = await response.Content.ReadFromJsonAsync<ProblemDetails>(cancellation);
            return problem?.Extensions.TryGetValue(Problem.CodeMember, out var code) == true ? code?.ToString() : null;
        }
        catch (Exception exception) when (exception is JsonException or NotSupportedException or HttpRequestException or IOException)
        {
            return null;
        }
    }
}
