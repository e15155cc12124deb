namespace Repaint.Messaging;

/// <summary>Thrown by a handler: this message can never be handled. It goes to the dead-letter queue at once.</summary>
/// <param name="reason">Short stable code; becomes the dead-letter reason.</param>
/// <param name="message">For the operator; becomes the dead-letter description. No personal data.</param>
/// <param name="inner">The cause.</param>
public sealed class PermanentMessageException(string reason, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Short stable code.</summary>
    public string Reason { get; } = reason;
}
