using System.Security.Cryptography;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Repaint.Api.Authentication;
using Repaint.Api.Erasure;
using Repaint.Api.Members;
using Repaint.Api.OpenApi;
using Repaint.Api.Persistence;
using Repaint.Api.QrCodes;
using Repaint.Api.Spots;
using Repaint.Contracts.Http;
using Repaint.ServiceDefaults.Problems;

namespace Repaint.Api.Events;

internal static class StaffEventEndpoints
{
    public static void MapStaffEvents(this RouteGroupBuilder staff)
    {
        staff.MapGet("/me", GetProfile).WithName("GetStaffProfile").WithSummary("Who I am, and my events").WithTags("Staff");

        var events = staff.MapGroup("/events").WithTags("Events");
        events.MapPost("", Create).WithName("CreateEvent").WithSummary("Create an event and become its owner")
            .Fails(StatusCodes.Status403Forbidden, ErrorCodes.Forbidden);
        events.MapGet("", List).WithName("ListEvents").WithSummary("The events I am a member of, newest first");

        var one = events.MapGroup("/{eventId:guid}").RequireMember();
        one.MapGet("", Get).WithName("GetEvent").WithSummary("An event");
        one.MapPut("", Update).RequireOwner().WithName("UpdateEvent").WithSummary("Replace an event's settings")
            .Fails(StatusCodes.Status409Conflict, ErrorCodes.PaletteCountFrozen);
        one.MapDelete("", Delete).RequireOwner().WithName("DeleteEvent").WithSummary("Erase an event with all its visitors and pictures");
        one.MapGet("/join-qr.svg", GetJoinQr).WithName("GetJoinQr").WithSummary("QR code of the address at which visitors join")
            .Produces<string>(contentType: QrSvg.ContentType);
    }

    private static async Task<Ok<StaffProfile>> GetProfile(
        HttpContext http, RepaintDbContext context, IOptions<StaffAuthenticationOptions> options, IOptions<ApiOptions> api,
        CancellationToken cancellation)
    {
        var subject = http.User.Subject();
        var events = await EventDetailsReader.ListAsync(context, subject, cancellation);
        return TypedResults.Ok(new StaffProfile(
            subject, MayCreate(http, options), [.. events.Select(Summary)], options.Value.VerifiedEmail(http.User), api.Value.TraceUrl));
    }

    private static async Task<Ok<IReadOnlyList<EventDetails>>> List(HttpContext http, RepaintDbContext context, CancellationToken cancellation) =>
        TypedResults.Ok(await EventDetailsReader.ListAsync(context, http.User.Subject(), cancellation));

    private static async Task<Results<Created<EventDetails>, ProblemHttpResult>> Create(
        EventSettings settings, HttpContext http, RepaintDbContext context, IOptions<StaffAuthenticationOptions> options,
        TimeProvider time, CancellationToken cancellation)
    {
        if (!MayCreate(http, options))
        {
            return Problem.Of(StatusCodes.Status403Forbidden, ErrorCodes.Forbidden, "Your account may not create events.");
        }

        var now = time.GetUtcNow();
        if (EventLimits.Refuse(settings, now) is { } refusal)
        {
            return refusal;
        }

        var created = new Event
        {
            Id = Guid.CreateVersion7(now),
            Name = settings.Name.Trim(),
            PaletteCount = settings.PaletteCount,
            CooldownSeconds = settings.CooldownSeconds,
            Contact = settings.Contact,
            Site = settings.Site,
            RetainUntil = settings.RetainUntil?.ToUniversalTime(),
            PublicImages = settings.PublicImages,
            CreatedAt = now,
        };
        context.Add(created);
        context.Add(new EventPalettes { EventId = created.Id, Counts = new int[settings.PaletteCount] });
        context.Add(new EventMember
        {
            Id = Guid.CreateVersion7(now),
            EventId = created.Id,
            Subject = http.User.Subject(),
            Role = EventRoles.Owner,
            Email = options.Value.VerifiedEmail(http.User),
            CreatedAt = now,
        });
        context.Add(new SpotKey { EventId = created.Id, KeyNo = 0, Secret = RandomNumberGenerator.GetBytes(SpotKey.Length), CreatedAt = now });
        await context.SaveChangesAsync(cancellation);
        return TypedResults.Created($"/api/staff/events/{created.Id}", new EventOfMember(created, EventRoles.Owner, Frozen: false).Details());
    }

    private static async Task<Results<Ok<EventDetails>, ProblemHttpResult>> Get(
        Guid eventId, StaffMember member, RepaintDbContext context, CancellationToken cancellation) =>
        await EventDetailsReader.FindAsync(context, eventId, member.Subject, cancellation) is { } found ? TypedResults.Ok(found) : Gone();

    private static async Task<Results<Ok<EventDetails>, ProblemHttpResult>> Update(
        Guid eventId, EventSettings settings, StaffMember member, RepaintDbContext context, TimeProvider time, CancellationToken cancellation)
    {
        if (EventLimits.Refuse(settings, time.GetUtcNow()) is { } refusal)
        {
            return refusal;
        }

        var name = settings.Name.Trim();
        var retainUntil = settings.RetainUntil?.ToUniversalTime();
        var updated = await context.InTransactionAsync(async token =>
        {
            await context.Database.ExecuteSqlAsync($"""
                UPDATE event_palettes SET counts = array_fill(0, ARRAY[{settings.PaletteCount}]), last_granted = NULL
                WHERE event_id = {eventId} AND cardinality(counts) <> {settings.PaletteCount} AND NOT frozen
                """, token);
            return await context.Events
                .Where(row => row.Id == eventId && context.EventPalettes.Any(
                    palettes => palettes.EventId == row.Id && palettes.Counts.Length == settings.PaletteCount))
                .ExecuteUpdateAsync(set => set
                    .SetProperty(row => row.Name, name)
                    .SetProperty(row => row.PaletteCount, settings.PaletteCount)
                    .SetProperty(row => row.CooldownSeconds, settings.CooldownSeconds)
                    .SetProperty(row => row.Contact, settings.Contact)
                    .SetProperty(row => row.Site, settings.Site)
                    .SetProperty(row => row.PublicImages, settings.PublicImages)
                    .SetProperty(row => row.RetainUntil, retainUntil), token);
        }, cancellation);
        return updated == 0
            ? Problem.Of(StatusCodes.Status409Conflict, ErrorCodes.PaletteCountFrozen,
                "The number of palettes is fixed once the event has a picture or a palette has been won.")
            : await Get(eventId, member, context, cancellation);
    }

    private static async Task<NoContent> Delete(
        Guid eventId, RepaintDbContext context, ErasureRelay erasures, TimeProvider time, CancellationToken cancellation)
    {
        await context.EraseEventAsync(context.Events.Where(row => row.Id == eventId), eventId, time.GetUtcNow(), cancellation);
        erasures.Wake();
        return TypedResults.NoContent();
    }

    private static ContentHttpResult GetJoinQr(Guid eventId, IOptions<ApiOptions> options) =>
        QrSvg.Result($"{options.Value.PublicOrigin.TrimEnd('/')}/?event={eventId}");

    private static bool MayCreate(HttpContext http, IOptions<StaffAuthenticationOptions> options) =>
        http.User.IsInRole(options.Value.EventCreatorRole);

    private static EventSummary Summary(EventDetails details) =>
        new(details.Id, details.Name, details.PaletteCount, details.Contact, details.Site, details.RetainUntil);

    /// <summary>Erased, or the caller removed, since the request was let in.</summary>
    private static ProblemHttpResult Gone() =>
        Problem.Of(StatusCodes.Status404NotFound, ErrorCodes.NotFound, "There is no such event, or you are not a member of it.");
}
