using System.Threading.RateLimiting;
using Microsoft.AspNetCore.RateLimiting;
using Repaint.Contracts.Http;
using Repaint.ServiceDefaults.Problems;

namespace Repaint.Api;

/// <summary>Limits per address on what needs no token. A venue's visitors may all share one address.</summary>
internal static class RateLimits
{
    public const string Join = "join";

    public const string Recover = "recover";

    public const int JoinsPerMinute = 600;

    public const int RecoveriesPerMinute = 30;

    public static void AddRateLimits(this IServiceCollection services) => services.AddRateLimiter(options =>
    {
        options.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
        options.OnRejected = RejectAsync;
        options.AddPolicy(Join, context => PerAddress(context, JoinsPerMinute));
        options.AddPolicy(Recover, context => PerAddress(context, RecoveriesPerMinute));
    });

    private static RateLimitPartition<string> PerAddress(HttpContext context, int perMinute) =>
        RateLimitPartition.GetFixedWindowLimiter(
            context.Connection.RemoteIpAddress?.ToString() ?? "",
            _ => new FixedWindowRateLimiterOptions { PermitLimit = perMinute, Window = TimeSpan.FromMinutes(1) });

    private static async ValueTask RejectAsync(OnRejectedContext rejected, CancellationToken cancellation)
    {
        var wait = rejected.Lease.TryGetMetadata(MetadataName.RetryAfter, out var retryAfter) ? retryAfter : TimeSpan.FromMinutes(1);
        await Problem.Of(rejected.HttpContext, StatusCodes.Status429TooManyRequests, ErrorCodes.RateLimited,
            "Too many requests from your address; wait a moment.", wait).ExecuteAsync(rejected.HttpContext);
    }
}
