using Microsoft.Extensions.Diagnostics.HealthChecks;
using Repaint.Messaging.Connections;

namespace Repaint.Messaging;

/// <summary>Healthy when the sending connection is open or can be opened.</summary>
internal sealed class BusHealthCheck(BusConnection connection) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await connection.GetAsync(cancellationToken);
            return HealthCheckResult.Healthy();
        }
        catch (MessagingException exception)
        {
            return HealthCheckResult.Unhealthy("The broker does not answer.", exception);
        }
    }
}
