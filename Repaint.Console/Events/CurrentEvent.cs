using Repaint.Console.Api;
using Repaint.Contracts.Http;

namespace Repaint.Console.Events;

/// <summary>The event whose pages are open.</summary>
internal sealed class CurrentEvent(StaffApi api)
{
    public event Action? Changed;

    public EventDetails? Event { get; private set; }

    public async Task<EventDetails> LoadAsync(Guid eventId)
    {
        if (Event?.Id != eventId)
        {
            Set(null);
            Set(await api.EventAsync(eventId));
        }

        return Event!;
    }

    public void Set(EventDetails? details)
    {
        Event = details;
        Changed?.Invoke();
    }
}
