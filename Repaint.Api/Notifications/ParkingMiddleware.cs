using Microsoft.AspNetCore.Http.Features;

namespace Repaint.Api.Notifications;

/// <summary>A response that stays open for hours, left in the request's features. From then on only its owner writes to it.</summary>
internal interface IParkedResponse : IDisposable
{
    /// <summary>Ends when nothing more will be written.</summary>
    Task Completion { get; }

    /// <summary>Nobody reads it any more.</summary>
    void End();
}

/// <summary>
/// Waits for parked responses, outside of everything else: while thousands of them are open, the middleware and the services
/// that let them in have ended.
/// </summary>
internal sealed class ParkingMiddleware(RequestDelegate next)
{
    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
            if (context.Features.Get<IParkedResponse>() is { } parked)
            {
                await ReleaseServicesAsync(context);
                await using var gone = context.RequestAborted.UnsafeRegister(static parked => ((IParkedResponse)parked!).End(), parked);
                await parked.Completion;
            }
        }
        finally
        {
            context.Features.Get<IParkedResponse>()?.Dispose();
        }
    }

    private static async ValueTask ReleaseServicesAsync(HttpContext context)
    {
        if (context.Features.Get<IServiceProvidersFeature>() is IAsyncDisposable services)
        {
            await services.DisposeAsync();
        }
    }
}
