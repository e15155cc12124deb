using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using Repaint.Api.Authentication;
using Repaint.Api.Events;
using Repaint.Api.Members;
using Repaint.Api.OpenApi;
using Repaint.Api.Persistence;
using Repaint.Contracts.Http;
using Repaint.ServiceDefaults.Problems;

namespace Repaint.Api.Invitations;

internal static class AcceptInvitationEndpoint
{
    public static void MapAcceptInvitation(this RouteGroupBuilder staff) =>
        staff.MapPost("/invitations/accept", Accept).WithTags("Members")
            .WithName("AcceptInvitation")
            .WithSummary("Become a member by an invitation's token; the caller's verified e-mail address must be the one invited")
            .Fails(StatusCodes.Status403Forbidden, ErrorCodes.EmailUnverified)
            .Fails(StatusCodes.Status403Forbidden, ErrorCodes.EmailMismatch)
            .FailsNotFound()
            .Fails(StatusCodes.Status410Gone, ErrorCodes.InvitationUsed)
            .Fails(StatusCodes.Status410Gone, ErrorCodes.InvitationExpired);

    private static async Task<Results<Ok<EventDetails>, ProblemHttpResult>> Accept(
        AcceptInvitationRequest request, HttpContext http, RepaintDbContext context, InvitationAcceptance acceptance,
        IOptions<StaffAuthenticationOptions> options, CancellationToken cancellation)
    {
        if (options.Value.VerifiedEmail(http.User) is not { } email)
        {
            return Problem.Of(StatusCodes.Status403Forbidden, ErrorCodes.EmailUnverified,
                "Your sign-in vouches for no e-mail address, so that an invitation cannot be matched with you.");
        }

        var subject = http.User.Subject();
        var (outcome, eventId) = OpaqueToken.Hash(request.Token) is { } hash
            ? await acceptance.AcceptAsync(hash, subject, email, cancellation)
            : (AcceptanceOutcome.Unknown, Guid.Empty);
        return outcome switch
        {
            AcceptanceOutcome.Accepted => await EventDetailsReader.FindAsync(context, eventId, subject, cancellation) is { } joined
                ? TypedResults.Ok(joined)
                : Unknown(),
            AcceptanceOutcome.OtherEmail => Problem.Of(StatusCodes.Status403Forbidden, ErrorCodes.EmailMismatch,
                "The invitation is for another e-mail address than the one you signed in with."),
            AcceptanceOutcome.Used => Problem.Of(StatusCodes.Status410Gone, ErrorCodes.InvitationUsed, "The invitation has been accepted before."),
            AcceptanceOutcome.Expired => Problem.Of(StatusCodes.Status410Gone, ErrorCodes.InvitationExpired, "The invitation has expired; ask for another."),
            _ => Unknown(),
        };
    }

    private static ProblemHttpResult Unknown() =>
        Problem.Of(StatusCodes.Status404NotFound, ErrorCodes.NotFound, "There is no such invitation; it may have been withdrawn.");
}
