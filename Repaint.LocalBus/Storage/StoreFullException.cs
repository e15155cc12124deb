namespace Repaint.LocalBus.Storage;

/// <summary>No room for another message, on the disk or under the limit; what is there can still be received.</summary>
internal sealed class StoreFullException(Exception inner)
    : Exception("The disk is full, or the bus holds as much as it may (LocalBus:MaxMegabytes).", inner);
