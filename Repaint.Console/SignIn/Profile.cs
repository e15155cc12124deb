using Repaint.Console.Api;
using Repaint.Contracts.Http;

namespace Repaint.Console.SignIn;

/// <summary>What the API knows of the person who is signed in; asked once.</summary>
internal sealed class Profile(StaffApi api, Session session)
{
    private StaffProfile? _known;
    private string? _subject;

    public async Task<StaffProfile> LoadAsync()
    {
        if (_known is null || _subject != session.Subject)
        {
            _known = await api.ProfileAsync();
            _subject = session.Subject;
        }

        return _known;
    }

    /// <summary>Where a trace can be looked at; null when nobody said where.</summary>
    public string? TraceLink(string? traceId) =>
        traceId is null ? null : _known?.TraceUrl?.Replace("{traceId}", traceId, StringComparison.Ordinal);
}
