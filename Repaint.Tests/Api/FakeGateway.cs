using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Logging;
using Repaint.Contracts;
using Repaint.Contracts.Http;
using Repaint.ServiceDefaults.Problems;
using Repaint.Tests.Infrastructure;

namespace Repaint.Tests.Api;

/// <summary>The gateway's internal listener on loopback: keeps hashes of what it is sent, remembers what it was asked.</summary>
internal sealed class FakeGateway : IAsyncDisposable
{
    public const string Key = "test-key-test-key-test-key-test-key-test-key";

    public const string LinkToken = "token-of-the-fake-gateway-0123456789abcdefgh";

    private readonly ConcurrentDictionary<Guid, StoredImage> _images = new();
    private WebApplication? _app;

    public Uri Address { get; } = new($"http://127.0.0.1:{FreePort.Next()}");

    public ConcurrentQueue<RenderRequest> Renderings { get; } = new();

    public ConcurrentQueue<string> Deletions { get; } = new();

    public ConcurrentQueue<LinkRequest> Links { get; } = new();

    public ConcurrentQueue<string> Uploads { get; } = new();

    public ConcurrentQueue<string> TraceParents { get; } = new();

    /// <summary>When set, every call answers with this status.</summary>
    public int? Broken { get; set; }

    /// <summary>Renderings asked for while it was broken.</summary>
    public ConcurrentQueue<RenderRequest> RefusedRenderings { get; } = new();

    /// <summary>Called while an upload is being stored.</summary>
    public Func<Task> DuringUpload { get; set; } = () => Task.CompletedTask;

    public async Task StartAsync()
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        _app = builder.Build();
        _app.Urls.Add(Address.ToString());
        _app.Use(async (context, next) =>
        {
            if (Broken is { } status)
            {
                if (context.Request.Path == GatewayRoutes.Renderings
                    && await context.Request.ReadFromJsonAsync<RenderRequests>(ContractsJson.Options) is { } refused)
                {
                    foreach (var request in refused.Requests)
                    {
                        RefusedRenderings.Enqueue(request);
                    }
                }

                context.Response.StatusCode = status;
            }
            else if (context.Request.Headers.Authorization != $"Bearer {Key}")
            {
                context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            }
            else
            {
                TraceParents.Enqueue(context.Request.Headers["traceparent"].ToString());
                await next(context);
            }
        });
        _app.MapPut(GatewayRoutes.Images + "/{imageId:guid}", StoreAsync);
        _app.MapPost(GatewayRoutes.Images + "/{imageId:guid}/retry", (Guid imageId) => _images.ContainsKey(imageId)
            ? Results.Accepted()
            : Problem.Of(409, ErrorCodes.WrongState, "no"));
        _app.MapPost(GatewayRoutes.OneTimeUrls, Mint);
        _app.MapPost(GatewayRoutes.Renderings, (RenderRequests requests) =>
        {
            foreach (var request in requests.Requests)
            {
                Renderings.Enqueue(request);
            }

            return Results.Accepted();
        });
        foreach (var route in new[] { GatewayRoutes.Images, GatewayRoutes.Visitors, GatewayRoutes.Events })
        {
            _app.MapDelete(route + "/{id:guid}", (Guid id) =>
            {
                Deletions.Enqueue($"{route}/{id}");
                return Results.NoContent();
            });
        }

        await _app.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
        {
            await _app.DisposeAsync();
        }
    }

    private IResult Mint(MintRequest request)
    {
        foreach (var link in request.Links)
        {
            Links.Enqueue(link);
        }

        return Results.Ok(new MintResponse([.. request.Links.Select(_ => new MintedLink(LinkToken, DateTimeOffset.UnixEpoch, null))]));
    }

    private async Task<IResult> StoreAsync(
        Guid imageId, HttpRequest request, [FromQuery] Guid eventId, [FromQuery] int paletteCount, [FromQuery] bool overwrite)
    {
        var sha = Convert.ToHexStringLower(await SHA256.HashDataAsync(request.Body));
        await DuringUpload();
        Uploads.Enqueue(request.QueryString.ToString());
        var known = _images.GetValueOrDefault(imageId);
        if (known?.Sha256 == sha)
        {
            return Results.Json(known with { AlreadyStored = true }, statusCode: 202);
        }

        if (known is not null && !overwrite)
        {
            return Problem.Of(409, ErrorCodes.PhotoExists, "There is one.");
        }

        var stored = new StoredImage(imageId, (known?.Revision ?? 0) + 1, sha, false);
        _images[imageId] = stored;
        return Results.Json(stored, statusCode: 202);
    }
}
