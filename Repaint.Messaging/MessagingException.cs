namespace Repaint.Messaging;

/// <summary>The broker could not be reached, or refused; trying again later may help.</summary>
public sealed class MessagingException(string message, Exception? inner = null) : Exception(message, inner);
