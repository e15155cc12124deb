using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;
using Repaint.Contracts.Http;
using Repaint.ServiceDefaults.Problems;

namespace Repaint.ImageGateway.OneTimeUrls;

/// <summary>Limits that need to know the link: pictures per visitor, and pictures sent at the same time.</summary>
internal sealed class DeliveryLimits(IOptions<DeliveryLimitOptions> options) : IDisposable
{
    /// <summary>Name of the rate limit per address.</summary>
    public const string PerAddress = "delivery-per-address";

    /// <summary>Buckets are filled every second by at least one, so nobody need wait longer.</summary>
    public static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan HeadersTimeout = TimeSpan.FromSeconds(15);

    private readonly PartitionedRateLimiter<Guid> _visitors = PartitionedRateLimiter.Create<Guid, Guid>(
        visitor => RateLimitPartition.GetTokenBucketLimiter(
            visitor, _ => Bucket(options.Value.VisitorBurst, options.Value.VisitorPerSecond)));

    private readonly ConcurrencyLimiter _deliveries = new(new ConcurrencyLimiterOptions
    {
        PermitLimit = options.Value.ConcurrentDeliveries,
        QueueLimit = options.Value.WaitingDeliveries,
        QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
    });

    /// <summary>Counts a picture for a visitor; false when it is one too many.</summary>
    public bool TryCount(Guid visitorId)
    {
        using var lease = _visitors.AttemptAcquire(visitorId);
        return lease.IsAcquired;
    }

    /// <summary>Waits for a place among those being sent; one that is not acquired means that too many wait already.</summary>
    public ValueTask<RateLimitLease> EnterAsync(CancellationToken cancellation) => _deliveries.AcquireAsync(1, cancellation);

    public void Dispose()
    {
        _visitors.Dispose();
        _deliveries.Dispose();
    }

    /// <summary>Registers the limits, and Kestrel's for clients that send or read too slowly.</summary>
    public static void Add(IServiceCollection services)
    {
        services.AddOptions<DeliveryLimitOptions>().BindConfiguration(DeliveryLimitOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<DeliveryLimits>();
        services.AddRateLimiter(_ => { });
        services.AddOptions<RateLimiterOptions>().Configure<IOptions<DeliveryLimitOptions>, GatewayMetrics>((limiter, limits, metrics) =>
        {
            limiter.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
            limiter.OnRejected = async (rejected, _) =>
            {
                metrics.UrlRefused(ErrorCodes.RateLimited);
                await Refusal(rejected.HttpContext).ExecuteAsync(rejected.HttpContext);
            };
            limiter.AddPolicy(PerAddress, http => RateLimitPartition.GetTokenBucketLimiter(
                Network(http.Connection.RemoteIpAddress), _ => Bucket(limits.Value.AddressBurst, limits.Value.AddressPerSecond)));
        });
        services.AddOptions<KestrelServerOptions>().Configure<IOptions<DeliveryLimitOptions>>((kestrel, limits) =>
        {
            kestrel.Limits.MinResponseDataRate = new MinDataRate(limits.Value.SlowestClient, limits.Value.SlowestClientGrace);
            kestrel.Limits.RequestHeadersTimeout = HeadersTimeout;
        });
        services.AddOptions<ForwardedHeadersOptions>().Configure<IOptions<DeliveryLimitOptions>>((forwarded, limits) =>
        {
            // Without any known proxy the framework would believe everybody.
            forwarded.ForwardedHeaders = limits.Value.TrustedProxies.Count > 0 ? ForwardedHeaders.XForwardedFor : ForwardedHeaders.None;
            forwarded.ForwardLimit = null; // back to the first address that is not a known proxy
            forwarded.KnownProxies.Clear();
            forwarded.KnownIPNetworks.Clear();
            foreach (var network in limits.Value.TrustedProxies)
            {
                forwarded.KnownIPNetworks.Add(System.Net.IPNetwork.Parse(network));
            }
        });
    }

    /// <summary>429, and when to come back.</summary>
    public static Microsoft.AspNetCore.Http.HttpResults.ProblemHttpResult Refusal(HttpContext http) => Problem.Of(
        http, StatusCodes.Status429TooManyRequests, ErrorCodes.RateLimited, "Too many requests. Try again in a moment.", RetryAfter);

    /// <summary>Who an address stands for: an IPv6 subscriber has a whole /64 to choose from.</summary>
    internal static IPAddress Network(IPAddress? address)
    {
        if (address is null or { AddressFamily: not AddressFamily.InterNetworkV6 })
        {
            return address ?? IPAddress.None;
        }

        if (address.IsIPv4MappedToIPv6)
        {
            return address.MapToIPv4();
        }

        var bytes = address.GetAddressBytes();
        bytes.AsSpan(8).Clear();
        return new IPAddress(bytes);
    }

    private static TokenBucketRateLimiterOptions Bucket(int burst, int perSecond) => new()
    {
        TokenLimit = burst,
        TokensPerPeriod = Math.Min(burst, perSecond),
        ReplenishmentPeriod = RetryAfter,
        AutoReplenishment = true,
    };
}
