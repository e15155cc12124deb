namespace Repaint.Messaging;

/// <summary>The broker could not be reached, or refused; trying again later may help.</summary>
public sealed class MessagingException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>AMQP error condition; null when the broker named none.</summary>
    public string? Condition { get; init; }

    /// <summary>Whether the same request would be refused again: no such queue, no right to it, message too large.</summary>
    public bool IsFinal { get; init; }
}
