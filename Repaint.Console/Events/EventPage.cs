using Microsoft.AspNetCore.Components;
using Repaint.Console.Api;
using Repaint.Console.Layout;
using Repaint.Contracts.Http;

namespace Repaint.Console.Events;

/// <summary>A page of one event: loads it first, and says why when it cannot.</summary>
public abstract class EventPage : ConsoleComponent
{
    private Guid _loaded;

    [Parameter]
    public Guid EventId { get; set; }

    [Inject]
    internal CurrentEvent Current { get; set; } = null!;

    [Inject]
    internal StaffApi Api { get; set; } = null!;

    internal EventDetails? Event { get; private set; }

    internal ApiException? Error { get; set; }

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
            await OnEventAsync();
        }
        catch (ApiException exception)
        {
            Error = exception;
        }
    }

    /// <summary>Loads what the page shows beside the event; an <see cref="ApiException"/> is shown.</summary>
    protected virtual Task OnEventAsync() => Task.CompletedTask;
}
