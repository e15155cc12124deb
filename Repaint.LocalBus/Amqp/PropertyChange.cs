using Amqp;
using Amqp.Framing;
using Amqp.Types;

namespace Repaint.LocalBus.Amqp;

/// <summary>Application properties that a receiver sets while it gives a message back, sets it aside or dead-letters it.</summary>
internal static class PropertyChange
{
    private static readonly HashSet<string> DeadLetterKeys = ["DeadLetterReason", "DeadLetterErrorDescription"];

    /// <summary>What to do with the stored message; null when there is nothing to change.</summary>
    public static Func<byte[], byte[]>? Of(Map? properties)
    {
        // The reason has columns of its own.
        var changes = properties?.Where(property => !DeadLetterKeys.Contains(property.Key.ToString()!)).ToArray() ?? [];
        return changes.Length == 0 ? null : stored => Apply(stored, changes);
    }

    private static byte[] Apply(byte[] stored, KeyValuePair<object, object>[] changes)
    {
        var message = Message.Decode(new ByteBuffer(stored, 0, stored.Length, stored.Length));
        message.ApplicationProperties ??= new ApplicationProperties();
        foreach (var (key, value) in changes)
        {
            message.ApplicationProperties[key.ToString()!] = value;
        }

        var encoded = message.Encode();
        return encoded.Buffer.AsSpan(encoded.Offset, encoded.Length).ToArray();
    }
}
