using Microsoft.JSInterop;

namespace Repaint.Console.Photograph;

/// <summary>
/// A photograph on its way, as the queue of this device knows it. Its state: waiting, sending, painting, exists (asks
/// whether to overwrite) or refused; its code, why it waits or was refused: one of the API, or offline, or signed-out.
/// </summary>
public sealed record OutboxEntry(string Id, Guid EventId, Guid VisitorId, string State, string? Code, double TakenAt, Guid? ImageId);

/// <summary>The queue of photographs in IndexedDB; outbox.js sends them.</summary>
internal sealed class Outbox(IJSRuntime js, TimeProvider time)
{
    private readonly Dictionary<string, double> _progress = [];
    private IJSObjectReference? _module;

    public event Action? Changed;

    /// <summary>A visitor's photograph has been taken apart: here are its colours.</summary>
    public event Action<Guid, string[]>? Painted;

    public IReadOnlyList<OutboxEntry> Entries { get; private set; } = [];

    public double Progress(string id) => _progress.GetValueOrDefault(id);

    public async Task StartAsync()
    {
        _module = await js.InvokeAsync<IJSObjectReference>("import", "./js/outbox.js");
        await _module.InvokeVoidAsync("start", DotNetObjectReference.Create(this));
    }

    /// <summary>Takes over the photograph that camera.js holds; true once it is safe on this device.</summary>
    public async Task<string?> AddAsync(Guid eventId, Guid visitorId, bool overwrite)
    {
        var id = Guid.CreateVersion7(time.GetUtcNow()).ToString();
        return await _module!.InvokeAsync<bool>("add", new NewEntry(id, eventId, visitorId, overwrite)) ? id : null;
    }

    public ValueTask OverwriteAsync(string id) => _module!.InvokeVoidAsync("overwrite", id);

    public ValueTask RetryAsync(string id) => _module!.InvokeVoidAsync("retry", id);

    public ValueTask DiscardAsync(string id) => _module!.InvokeVoidAsync("discard", id);

    /// <summary>Somebody signed in, or asks to try now.</summary>
    public ValueTask GoAsync() => _module is null ? ValueTask.CompletedTask : _module.InvokeVoidAsync("go");

    [JSInvokable]
    public void OnOutbox(OutboxEntry[] entries)
    {
        Entries = entries;
        Changed?.Invoke();
    }

    [JSInvokable]
    public void OnProgress(string id, double sent)
    {
        _progress[id] = sent;
        Changed?.Invoke();
    }

    [JSInvokable]
    public void OnPainted(Guid visitorId, string[] colours) => Painted?.Invoke(visitorId, colours);

    internal sealed record NewEntry(string Id, Guid EventId, Guid VisitorId, bool Overwrite);
}
