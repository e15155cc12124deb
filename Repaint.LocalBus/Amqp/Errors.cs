using Amqp.Framing;
using Amqp.Types;

namespace Repaint.LocalBus.Amqp;

internal static class Errors
{
    public static readonly Symbol LockLost = "com.microsoft:message-lock-lost";

    public static readonly Symbol MessageNotFound = "com.microsoft:message-not-found";

    public static Error Of(Symbol condition, string description) => new(condition) { Description = description };
}
