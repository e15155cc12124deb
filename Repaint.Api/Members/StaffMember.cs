namespace Repaint.Api.Members;

/// <summary>The member of staff who calls, and the event the route names. Handlers take it as a parameter.</summary>
internal sealed record StaffMember(Guid EventId, string Subject, string Role)
{
    public static ValueTask<StaffMember?> BindAsync(HttpContext context) => ValueTask.FromResult(context.Features.Get<StaffMember>());
}
