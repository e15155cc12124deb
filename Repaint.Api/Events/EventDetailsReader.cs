using Microsoft.EntityFrameworkCore;
using Repaint.Api.Persistence;
using Repaint.Contracts.Http;

namespace Repaint.Api.Events;

/// <summary>Events as their members see them.</summary>
internal static class EventDetailsReader
{
    /// <summary>The events of which <paramref name="subject"/> is a member, newest first.</summary>
    public static async Task<IReadOnlyList<EventDetails>> ListAsync(RepaintDbContext context, string subject, CancellationToken cancellation) =>
        [.. (await Mine(context, subject, null).ToListAsync(cancellation)).Select(mine => mine.Details())];

    /// <summary>Null when <paramref name="subject"/> is not a member, or the event is gone.</summary>
    public static async Task<EventDetails?> FindAsync(RepaintDbContext context, Guid eventId, string subject, CancellationToken cancellation) =>
        (await Mine(context, subject, eventId).SingleOrDefaultAsync(cancellation))?.Details();

    private static IQueryable<EventOfMember> Mine(RepaintDbContext context, string subject, Guid? eventId) =>
        from member in context.Members.AsNoTracking()
        join row in context.Events.AsNoTracking() on member.EventId equals row.Id
        join palettes in context.EventPalettes on row.Id equals palettes.EventId
        where member.Subject == subject && (eventId == null || member.EventId == eventId)
        orderby row.CreatedAt descending, row.Id
        select new EventOfMember(row, member.Role, palettes.Frozen);
}

/// <summary>An event, seen by a member in this role.</summary>
internal sealed record EventOfMember(Event Event, string Role, bool Frozen)
{
    public EventDetails Details() => new(
        Event.Id, Event.Name, Event.PaletteCount, Event.CooldownSeconds, Role, Event.CreatedAt,
        Frozen, Event.Contact, Event.Site, Event.RetainUntil, Event.PublicImages);
}
