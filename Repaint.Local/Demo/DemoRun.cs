using Repaint.Contracts;
using Repaint.Contracts.Http;
using Repaint.Local.Supervision;

namespace Repaint.Local.Demo;

/// <summary>The whole game on one photograph, through the public API and one-time URLs alone.</summary>
internal sealed class DemoRun(
    SystemState system, StaffClient staff, VisitorClient visitor, string outFolder, Action<string> report, TimeProvider time)
{
    private long _began = time.GetTimestamp();
    private byte[] _last = [];

    public async Task RunAsync(string photoPath, CancellationToken cancellationToken)
    {
        var photo = await File.ReadAllBytesAsync(photoPath, cancellationToken);
        Directory.CreateDirectory(outFolder);
        var demo = await DemoEvent.EnsureAsync(staff, cancellationToken);
        var joined = await visitor.JoinAsync(demo.Event.Id, cancellationToken);
        report($"Joined \"{demo.Event.Name}\" as visitor {joined.VisitorId}.");

        var status = await staff.GetVisitorAsync(demo.Event.Id, joined.VisitorId, cancellationToken);
        if (status.Photographed)
        {
            throw new LocalException("A visitor who has just joined is photographed already.");
        }

        _began = time.GetTimestamp();
        var accepted = await staff.PhotographAsync(demo.Event.Id, joined.VisitorId, photo, cancellationToken);
        report($"Photographed: {Path.GetFileName(photoPath)}, {photo.Length / 1e6:0.0} MB. Waiting for its palettes…");
        try
        {
            await FetchAsync("00-sketch.jpg", Rendition.View, cancellationToken);
            await PickAllAsync(demo, cancellationToken);
            await FetchAsync("full.jpg", Rendition.Full, cancellationToken);
        }
        catch (LocalException failure)
        {
            var failed = await staff.GetImageAsync(demo.Event.Id, accepted.ImageId, cancellationToken);
            throw failed.Reason is { } reason
                ? new LocalException($"The photograph could not be taken apart: {reason}. Trace: {TraceOf(failed)}", failure)
                : new LocalException($"{failure.Message} Trace: {TraceOf(failed)}", failure);
        }

        var image = await staff.GetImageAsync(demo.Event.Id, accepted.ImageId, cancellationToken);
        report($"Pictures: {Path.GetFullPath(outFolder)}");
        report($"Trace:    {TraceOf(image)}");
    }

    private string TraceOf(ImageDetails image) => image.TraceId is { } traceId ? system.Urls.Trace(traceId).ToString() : "none";

    private async Task PickAllAsync(DemoEvent demo, CancellationToken cancellationToken)
    {
        for (var number = 1; number <= demo.Event.PaletteCount; number++)
        {
            _began = time.GetTimestamp();
            // From spot to spot: the same one again would want a rest.
            var spot = demo.Spots[number % demo.Spots.Count];
            var pick = new PickRequest(spot.Code, Guid.CreateVersion7(time.GetUtcNow()));
            var won = await visitor.PickAsync(pick, cancellationToken);
            report($"Picked palette {won.PaletteId} ({won.Name?.En ?? "no colour yet"}) at {spot.Name}: {won.Held} of {won.Total}.");
            await FetchAsync($"{number:00}-palette-{won.PaletteId}.jpg", Rendition.View, cancellationToken);
        }
    }

    private async Task FetchAsync(string name, Rendition rendition, CancellationToken cancellationToken)
    {
        await visitor.WaitForPictureAsync(cancellationToken);
        var bytes = await visitor.FetchAsync(rendition, cancellationToken);
        if (!JpegFile.TryRead(bytes, out var jpeg))
        {
            throw new LocalException($"{name} is not a complete JPEG ({bytes.Length} bytes).");
        }

        if (rendition == Rendition.View && bytes.AsSpan().SequenceEqual(_last))
        {
            throw new LocalException($"{name} is the same picture as the one before.");
        }

        _last = bytes;
        await File.WriteAllBytesAsync(Path.Combine(outFolder, name), bytes, cancellationToken);
        report($"  {name,-20} {jpeg.Value.Width} × {jpeg.Value.Height}, {bytes.Length / 1e3:0} kB, "
            + $"after {time.GetElapsedTime(_began).TotalSeconds:0.0} s");
    }
}
