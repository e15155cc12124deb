namespace Repaint.Contracts.Http;

/// <summary>A member of staff was given a link to a visitor's photograph.</summary>
/// <param name="At">When.</param>
/// <param name="Subject">Who.</param>
/// <param name="Email">That member's e-mail address; null when it is not known, or the person is no member any more.</param>
/// <param name="VisitorId">Whose photograph; the visitor may have been erased since.</param>
/// <param name="ImageId">Which.</param>
/// <param name="Rendition">What was to be seen of it.</param>
public sealed record PhotoAccessEntry(DateTimeOffset At, string Subject, string? Email, Guid VisitorId, Guid ImageId, Rendition Rendition);

/// <summary>A page of accesses to photographs, newest first.</summary>
/// <param name="Accesses">The accesses.</param>
/// <param name="Next">Cursor of the next page; null on the last.</param>
public sealed record PhotoAccessPage(IReadOnlyList<PhotoAccessEntry> Accesses, string? Next);
