namespace Repaint.LocalBus.Queues;

/// <summary>A message as it will be stored, with what the queue has to know of it.</summary>
internal sealed record NewMessage(byte[] Encoded, string MessageId, DateTimeOffset? ScheduledAt, TimeSpan? TimeToLive);
