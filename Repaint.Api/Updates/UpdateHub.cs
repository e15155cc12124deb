using Repaint.Api.Notifications;

namespace Repaint.Api.Updates;

/// <summary>The streams of visitors. A trigger on visitors notifies.</summary>
internal sealed class UpdateHub() : StreamHub("visitor_updates", MaxStreamsPerVisitor)
{
    /// <summary>A visitor's devices and their tabs.</summary>
    public const int MaxStreamsPerVisitor = 8;

    public IEnumerable<UpdateStream> Streams => All.Cast<UpdateStream>();
}
