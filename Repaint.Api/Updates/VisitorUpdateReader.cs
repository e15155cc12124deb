using Microsoft.EntityFrameworkCore;
using Repaint.Api.Persistence;
using Repaint.Contracts;
using Repaint.Contracts.Http;

namespace Repaint.Api.Updates;

/// <summary>Reads what there is to see for a visitor: three lookups by primary key, whatever the size of the event.</summary>
internal sealed class VisitorUpdateReader(IDbContextFactory<RepaintDbContext> contexts)
{
    private static readonly Func<RepaintDbContext, byte[], CancellationToken, Task<Row?>> Find = EF.CompileAsyncQuery(
        (RepaintDbContext context, byte[] tokenHash, CancellationToken _) => (
            from visitor in context.Visitors
            where visitor.TokenHash == tokenHash
            join image in context.Images on visitor.SelectedImageId equals image.Id into images
            from image in images.DefaultIfEmpty()
            join rendering in context.RequestedRenderings
                on new { VisitorId = visitor.Id, ImageId = image!.Id } equals new { rendering.VisitorId, rendering.ImageId } into renderings
            from rendering in renderings.DefaultIfEmpty()
            select new Row(
                visitor.Version, visitor.SelectedImageId, visitor.UpdatedAt,
                (ImageState?)image!.State, image!.ServingRevision,
                (long?)rendering!.RequestNo, (long?)rendering!.AnsweredNo, (bool?)rendering!.Failed)).FirstOrDefault());

    /// <summary>Null once the visitor is erased or its token replaced.</summary>
    public async Task<VisitorUpdate?> ReadAsync(byte[] tokenHash, CancellationToken cancellation)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellation);
        return await Find(context, tokenHash, cancellation) is { } row
            ? new VisitorUpdate(row.Version, row.SelectedImageId, State(row), row.UpdatedAt)
            : null;
    }

    private static string State(Row row) => row switch
    {
        { SelectedImageId: null } => VisitorPictureStates.None,
        { ServingRevision: null, ImageState: ImageState.Failed } => VisitorPictureStates.Failed,
        { ServingRevision: null } => VisitorPictureStates.Developing,
        _ when row.AnsweredNo is null || row.AnsweredNo < row.RequestNo => VisitorPictureStates.Painting,
        { RenderingFailed: true } => VisitorPictureStates.Failed,
        _ => VisitorPictureStates.Ready,
    };

    private sealed record Row(
        long Version, Guid? SelectedImageId, DateTimeOffset UpdatedAt, ImageState? ImageState, int? ServingRevision,
        long? RequestNo, long? AnsweredNo, bool? RenderingFailed);
}
