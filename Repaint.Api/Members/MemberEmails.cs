using Microsoft.EntityFrameworkCore;
using Repaint.Api.Persistence;

namespace Repaint.Api.Members;

internal static class MemberEmails
{
    /// <summary>The addresses of those subjects that are members now.</summary>
    public static async Task<IReadOnlyDictionary<string, string?>> EmailsAsync(
        this RepaintDbContext context, Guid eventId, IEnumerable<string?> subjects, CancellationToken cancellation)
    {
        var wanted = subjects.OfType<string>().Distinct().ToList();
        return wanted.Count == 0
            ? new Dictionary<string, string?>()
            : await context.Members.AsNoTracking()
                .Where(member => member.EventId == eventId && wanted.Contains(member.Subject))
                .ToDictionaryAsync(member => member.Subject, member => member.Email, cancellation);
    }
}
