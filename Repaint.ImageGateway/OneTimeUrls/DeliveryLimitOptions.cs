using System.ComponentModel.DataAnnotations;
using System.Net;

namespace Repaint.ImageGateway.OneTimeUrls;

/// <summary>Section <c>Gateway:Limits</c>: what one client, and all of them together, may ask of the public listener.</summary>
internal sealed class DeliveryLimitOptions : IValidatableObject
{
    public const string Section = GatewayOptions.Section + ":Limits";

    /// <summary>
    /// Requests an address may make at once. A venue's visitors share one address behind its router, so this only keeps out
    /// floods. Default 1000.
    /// </summary>
    [Range(1, 1_000_000)]
    public int AddressBurst { get; init; } = 1000;

    /// <summary>Requests an address may make per second in the long run. Default 200.</summary>
    [Range(1, 1_000_000)]
    public int AddressPerSecond { get; init; } = 200;

    /// <summary>Pictures a visitor may fetch at once. Default 120.</summary>
    [Range(1, 1_000_000)]
    public int VisitorBurst { get; init; } = 120;

    /// <summary>Pictures a visitor may fetch per second in the long run. Default 4.</summary>
    [Range(1, 1_000_000)]
    public int VisitorPerSecond { get; init; } = 4;

    /// <summary>Pictures sent at the same time. Default 256.</summary>
    [Range(1, 100_000)]
    public int ConcurrentDeliveries { get; init; } = 256;

    /// <summary>Requests that may wait for one of those to end; further ones are told to come back. Default 1024.</summary>
    [Range(0, 100_000)]
    public int WaitingDeliveries { get; init; } = 1024;

    /// <summary>Bytes of memory for pictures that many fetch within seconds; 0 for none. Default 64 MB.</summary>
    [Range(0, 1_000_000_000)]
    public long HotPictures { get; init; } = 64_000_000;

    /// <summary>Bytes per second below which a client is cut off. Default 4096.</summary>
    [Range(240, 10_000_000)]
    public int SlowestClient { get; init; } = 4096;

    /// <summary>How long a client may be slower than that. Default 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:02", "00:02:00")]
    public TimeSpan SlowestClientGrace { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Networks (CIDR) of the proxies in front, whose X-Forwarded-For says who asks. Default: none, and the header counts for
    /// nothing.
    /// </summary>
    public IReadOnlyList<string> TrustedProxies { get; init; } = [];

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (TrustedProxies.Any(network => !IPNetwork.TryParse(network, out _)))
        {
            yield return new ValidationResult("A proxy is given as a network, such as 10.0.0.0/8.", [nameof(TrustedProxies)]);
        }
    }
}
