using System.ComponentModel.DataAnnotations;

namespace Repaint.ImageGateway;

/// <summary>Section <c>Gateway</c>.</summary>
internal sealed class GatewayOptions : IValidatableObject
{
    public const string Section = "Gateway";

    /// <summary>Fewest characters of a key: 32 bytes as base64url.</summary>
    public const int MinKeyLength = 43;

    /// <summary>Keys the API may present; two, so that one can be replaced while the other still works.</summary>
    [MinLength(1)]
    public IReadOnlyList<string> Keys { get; init; } = [];

    /// <summary>Local port of the internal listener.</summary>
    [Range(1, 65535)]
    public int InternalPort { get; init; }

    /// <summary>Origins of the web apps that may read images. Default: none.</summary>
    public IReadOnlyList<string> AllowedOrigins { get; init; } = [];

    /// <summary>Most bytes of one upload. Default 25 MB.</summary>
    [Range(1024, 100_000_000)]
    public long UploadLimit { get; init; } = 25_000_000;

    /// <summary>Longest an upload may take; what is still unfinished much later is erased. Default 5 minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:10", "00:30:00")]
    public TimeSpan UploadTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long a one-time URL waits for its use. Default 5 minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:10", "01:00:00")]
    public TimeSpan UrlLifetime { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long after its first use a download that broke off may go on. Default 90 s.</summary>
    [Range(typeof(TimeSpan), "00:00:10", "00:10:00")]
    public TimeSpan DeliveryLease { get; init; } = TimeSpan.FromSeconds(90);

    /// <summary>How long after a complete delivery a part may still be fetched again. Default 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan DeliveryGrace { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a response may stand still before a new request takes its place. Default 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:02", "00:01:00")]
    public TimeSpan StreamTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long an image or a painting may stay unfinished, with its message sent, before it is asked for again. Longer than
    /// the longest queue. Default 30 minutes.
    /// </summary>
    [Range(typeof(TimeSpan), "00:05:00", "1.00:00:00")]
    public TimeSpan StuckAfter { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>How often stuck things are looked for. Default 5 minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:10", "1.00:00:00")]
    public TimeSpan SweepInterval { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How often everything in storage is compared with everything in the database. Default 6 hours.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "7.00:00:00")]
    public TimeSpan InventoryInterval { get; init; } = TimeSpan.FromHours(6);

    /// <summary>How long an erasure is remembered and repeated against what was still being made. Default 1 day.</summary>
    [Range(typeof(TimeSpan), "00:10:00", "30.00:00:00")]
    public TimeSpan ErasureMemory { get; init; } = TimeSpan.FromDays(1);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Keys.Any(key => key.Length < MinKeyLength))
        {
            yield return new ValidationResult($"A key has at least {MinKeyLength} characters.", [nameof(Keys)]);
        }
    }
}
