using Amqp;
using Amqp.Framing;
using Amqp.Types;

namespace Repaint.LocalBus.Amqp;

/// <summary>Answers of <c>$management</c>, and what its requests have in common.</summary>
internal static class ManagementReply
{
    private const int MostSequenceNumbers = 1000;

    public static Message Ok(Map body) => new()
    {
        ApplicationProperties = new ApplicationProperties { ["statusCode"] = 200, ["statusDescription"] = "OK" },
        BodySection = new AmqpValue { Value = body },
    };

    public static Message NoContent() => new()
    {
        ApplicationProperties = new ApplicationProperties { ["statusCode"] = 204, ["statusDescription"] = "No content" },
    };

    public static Message Status(int code, Symbol condition, string description) => new()
    {
        ApplicationProperties = new ApplicationProperties
        {
            ["statusCode"] = code,
            ["statusDescription"] = description,
            ["errorCondition"] = condition,
        },
    };

    public static Message Invalid(string description) => Status(400, ErrorCode.InvalidField, description);

    public static Message MessageNotFound() => Status(404, Errors.MessageNotFound, "No message has this sequence number and state.");

    public static Message NotStored() => Status(500, ErrorCode.InternalError, "The change could not be stored.");

    public static Map MessageEntry(Message message)
    {
        var encoded = message.Encode();
        return new Map { ["message"] = encoded.Buffer.AsSpan(encoded.Offset, encoded.Length).ToArray() };
    }

    /// <exception cref="InvalidDataException">None, too many, or something else.</exception>
    public static long[] SequenceNumbers(Map body) => body["sequence-numbers"] switch
    {
        long[] { Length: > 0 and <= MostSequenceNumbers } numbers => numbers,
        IReadOnlyCollection<object> { Count: > 0 and <= MostSequenceNumbers } numbers => [.. numbers.Cast<long>()],
        _ => throw new InvalidDataException("sequence-numbers is not understood."),
    };
}
