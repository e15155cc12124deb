using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using Repaint.Contracts.Http;

namespace Repaint.ImageGateway.Erasure;

internal static class EraseEndpoints
{
    public static void MapErasure(this IEndpointRouteBuilder routes)
    {
        routes.MapDelete(GatewayRoutes.Images + "/{id:guid}", (Guid id, [FromServices] Eraser eraser, CancellationToken cancellation) =>
                NoContentAsync(eraser.EraseAsync(ErasureKind.Image, id, cancellation)))
            .WithName("EraseImage").WithSummary("Erases an image: rows and links at once, blobs right after.");
        routes.MapDelete(GatewayRoutes.Visitors + "/{id:guid}", (Guid id, [FromServices] Eraser eraser, CancellationToken cancellation) =>
                NoContentAsync(eraser.EraseAsync(ErasureKind.Visitor, id, cancellation)))
            .WithName("EraseVisitor").WithSummary("Erases a visitor's photographs and what the visitor sees of others.");
        routes.MapDelete(GatewayRoutes.Events + "/{id:guid}", (Guid id, [FromServices] Eraser eraser, CancellationToken cancellation) =>
                NoContentAsync(eraser.EraseAsync(ErasureKind.Event, id, cancellation)))
            .WithName("EraseEvent").WithSummary("Erases every image of an event.");
    }

    private static async Task<NoContent> NoContentAsync(Task erasing)
    {
        await erasing;
        return TypedResults.NoContent();
    }
}

/// <summary>Erases on request; erasing what is not there is no error.</summary>
internal sealed class Eraser(GatewayDbContext context, ErasureSignal signal, TimeProvider time, IOptions<GatewayOptions> options)
{
    public async Task EraseAsync(ErasureKind kind, Guid id, CancellationToken cancellation)
    {
        await context.InTransactionAsync(async token =>
        {
            var now = time.GetUtcNow();
            await context.EraseRowsAsync(kind, id, now, now + options.Value.ErasureMemory, token);
            return true;
        }, cancellation);
        signal.Set();
    }
}
