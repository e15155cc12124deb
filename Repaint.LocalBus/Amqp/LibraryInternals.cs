using System.Reflection;
using System.Runtime.CompilerServices;
using Amqp;
using Amqp.Listener;

namespace Repaint.LocalBus.Amqp;

/// <summary>
/// The only place that reaches into AMQPNetLite 2.5.5. Two faults of its listener's flow control leave no other way:
/// a flow that repeats or lowers the credit limit sets its credit to zero, and its answer to a drain says drain=false,
/// so that Microsoft's clients run into their drain timeout. The version is pinned; <see cref="Verify"/> runs at start.
/// </summary>
internal static class LibraryInternals
{
    private static readonly FieldInfo? DeliveryCount =
        typeof(ListenerLink).GetField("deliveryCount", BindingFlags.Instance | BindingFlags.NonPublic);

    private static readonly MethodInfo? ToSequenceNumber = DeliveryCount?.FieldType.GetMethod("op_Implicit", [typeof(uint)]);

    private static readonly MethodInfo? FromSequenceNumber = DeliveryCount?.FieldType
        .GetMethods(BindingFlags.Static | BindingFlags.Public)
        .FirstOrDefault(method => method.Name == "op_Implicit" && method.ReturnType == typeof(uint));

    /// <exception cref="PlatformNotSupportedException">The library is not the one this was written for.</exception>
    public static void Verify()
    {
        const BindingFlags Hidden = BindingFlags.Instance | BindingFlags.NonPublic;
        var known = DeliveryCount is not null && ToSequenceNumber is not null && FromSequenceNumber is not null
            && typeof(ListenerLink).GetField("credit", Hidden)?.FieldType == typeof(uint)
            && typeof(ListenerLink).GetField("drain", Hidden)?.FieldType == typeof(bool)
            && typeof(Link).GetField("lockObject", Hidden)?.FieldType == typeof(object)
            && typeof(Link).GetMethod("SendFlow", Hidden, [typeof(uint), typeof(uint), typeof(bool)]) is not null;
        if (!known)
        {
            throw new PlatformNotSupportedException(
                $"AMQPNetLite {typeof(Link).Assembly.GetName().Version} is not the version whose flow control this bus corrects (2.5.5).");
        }
    }

    /// <summary>Sets how many deliveries the peer allows in all, counted from the attach.</summary>
    public static void SetLimit(ListenerLink link, uint limit)
    {
        lock (LockObject(link))
        {
            Credit(link) = limit - (uint)FromSequenceNumber!.Invoke(null, [DeliveryCount!.GetValue(link)])!;
        }
    }

    /// <summary>Uses up all credit and answers the drain as the specification says (AMQP 1.0, 2.6.7).</summary>
    /// <param name="link">The link.</param>
    /// <param name="limit">The limit, which the delivery count reaches by this.</param>
    public static void CompleteDrain(ListenerLink link, uint limit)
    {
        lock (LockObject(link))
        {
            DeliveryCount!.SetValue(link, ToSequenceNumber!.Invoke(null, [limit]));
            Credit(link) = 0;
            Drain(link) = false;
            SendFlow(link, limit, 0, true);
        }
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "credit")]
    private static extern ref uint Credit(ListenerLink link);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "drain")]
    private static extern ref bool Drain(ListenerLink link);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "lockObject")]
    private static extern ref readonly object LockObject(Link link);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "SendFlow")]
    private static extern void SendFlow(Link link, uint deliveryCount, uint credit, bool drain);
}
