using Microsoft.AspNetCore.Components;
using Repaint.Console.Api;
using Repaint.Console.Layout;
using Repaint.Contracts.Http;

namespace Repaint.Console.Events;

/// <summary>A page of one event: loads it first, and says why when it cannot.</summary>
public abstract class EventPage : ConsoleComponent, IAsyncDisposable
{
    private readonly CancellationTokenSource _leaving = new();
    private Guid _loaded;

    [Parameter]
    public Guid EventId { get; set; }

    [Inject]
    internal CurrentEvent Current { get; set; } = null!;

    [Inject]
    internal StaffApi Api { get; set; } = null!;

    internal EventDetails? Event { get; private set; }

    internal ApiException? Error { get; set; }

    /// <summary>Cancelled when the page is left, which may happen before it has loaded.</summary>
    protected CancellationToken Leaving { get; }

    protected EventPage() => Leaving = _leaving.Token;

    public async ValueTask DisposeAsync()
    {
        await _leaving.CancelAsync();
        _leaving.Dispose();
        await OnLeaveAsync();
        GC.SuppressFinalize(this);
    }

    protected bool IsOwner => Event?.Role == EventRoles.Owner;

    protected override async Task OnParametersSetAsync()
    {
        if (_loaded != EventId)
        {
            _loaded = EventId;
            await LoadAsync();
        }
    }

    protected async Task LoadAsync()
    {
        Error = null;
        try
        {
            Event = await Current.LoadAsync(EventId);
            if (!Leaving.IsCancellationRequested)
            {
                await OnEventAsync();
            }
        }
        catch (ApiException exception)
        {
            Error = exception;
        }
    }

    /// <summary>Loads what the page shows beside the event; an <see cref="ApiException"/> is shown.</summary>
    protected virtual Task OnEventAsync() => Task.CompletedTask;

    /// <summary>Gives back what the page holds.</summary>
    protected virtual ValueTask OnLeaveAsync() => ValueTask.CompletedTask;
}
