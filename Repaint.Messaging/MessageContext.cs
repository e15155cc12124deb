namespace Repaint.Messaging;

/// <summary>How a message came.</summary>
/// <param name="Queue">The queue.</param>
/// <param name="MessageId">Its id.</param>
/// <param name="DeliveryCount">1 on the first delivery.</param>
/// <param name="EnqueuedAt">When the broker took it; null when the broker does not say.</param>
public sealed record MessageContext(string Queue, string MessageId, int DeliveryCount, DateTimeOffset? EnqueuedAt);
