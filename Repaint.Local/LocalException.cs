namespace Repaint.Local;

/// <summary>Something the person at the keyboard can understand and mend; shown without a stack trace.</summary>
internal sealed class LocalException(string message, Exception? inner = null) : Exception(message, inner);
