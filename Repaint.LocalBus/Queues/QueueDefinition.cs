using System.Text.Json;
using System.Text.Json.Serialization;
using System.Xml;

namespace Repaint.LocalBus.Queues;

/// <summary>One queue of the emulator's Config.json. What that file leaves out takes Service Bus's defaults.</summary>
internal sealed record QueueDefinition(string Name)
{
    public const string DeadLetterSuffix = "/$deadletterqueue";

    public int MaxDeliveryCount { get; init; } = 10;

    public TimeSpan LockDuration { get; init; } = TimeSpan.FromMinutes(1);

    public TimeSpan? DefaultTimeToLive { get; init; }

    public bool DeadLetterOnExpiry { get; init; }

    /// <summary>Null when duplicates are not looked for.</summary>
    public TimeSpan? DuplicateWindow { get; init; }

    public string DeadLetterAddress => Name + DeadLetterSuffix;

    /// <summary>Reads the file.</summary>
    /// <exception cref="InvalidDataException">The file cannot be read or names a feature the stand-in does not have.</exception>
    public static IReadOnlyList<QueueDefinition> ReadFile(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            var config = JsonSerializer.Deserialize<ConfigFile>(file)?.UserConfig
                ?? throw new InvalidDataException($"{path} has no UserConfig.");
            return [.. config.Namespaces.SelectMany(space => space.Queues).Select(Read)];
        }
        catch (Exception exception) when (exception is JsonException or IOException or FormatException or UnauthorizedAccessException)
        {
            throw new InvalidDataException($"{path} does not define queues: {exception.Message}", exception);
        }
    }

    private static QueueDefinition Read(ConfigQueue queue)
    {
        var properties = queue.Properties;
        if (properties.RequiresSession || !string.IsNullOrEmpty(properties.ForwardTo) || !string.IsNullOrEmpty(properties.ForwardDeadLetteredMessagesTo))
        {
            throw new InvalidDataException($"Queue {queue.Name}: sessions and forwarding are not covered.");
        }

        return new QueueDefinition(queue.Name.ToLowerInvariant())
        {
            MaxDeliveryCount = properties.MaxDeliveryCount,
            LockDuration = Duration(properties.LockDuration) ?? TimeSpan.FromMinutes(1),
            DefaultTimeToLive = Duration(properties.DefaultMessageTimeToLive),
            DeadLetterOnExpiry = properties.DeadLetteringOnMessageExpiration,
            DuplicateWindow = properties.RequiresDuplicateDetection
                ? Duration(properties.DuplicateDetectionHistoryTimeWindow) ?? TimeSpan.FromMinutes(10)
                : null,
        };
    }

    private static TimeSpan? Duration(string? text) => string.IsNullOrEmpty(text) ? null : XmlConvert.ToTimeSpan(text);

    private sealed record ConfigFile([property: JsonRequired] UserConfig UserConfig);

    private sealed record UserConfig([property: JsonRequired] IReadOnlyList<ConfigNamespace> Namespaces);

    private sealed record ConfigNamespace([property: JsonRequired] IReadOnlyList<ConfigQueue> Queues);

    private sealed record ConfigQueue([property: JsonRequired] string Name, ConfigProperties? Properties)
    {
        public ConfigProperties Properties { get; } = Properties ?? new ConfigProperties();
    }

    private sealed class ConfigProperties
    {
        public bool DeadLetteringOnMessageExpiration { get; init; }

        public string? DefaultMessageTimeToLive { get; init; }

        public string? DuplicateDetectionHistoryTimeWindow { get; init; }

        public string? ForwardTo { get; init; }

        public string? ForwardDeadLetteredMessagesTo { get; init; }

        public string? LockDuration { get; init; }

        public int MaxDeliveryCount { get; init; } = 10;

        public bool RequiresDuplicateDetection { get; init; }

        public bool RequiresSession { get; init; }
    }
}
