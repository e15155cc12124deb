using Microsoft.Extensions.Diagnostics.HealthChecks;
using Repaint.Messaging.Connections;
using Repaint.Messaging.Processing;

namespace Repaint.Messaging;

/// <summary>Healthy when the sending connection is open or can be opened, and every processor receives.</summary>
internal sealed class BusHealthCheck(BusConnection connection, IEnumerable<QueueProcessor> processors) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await connection.GetAsync(cancellationToken);
        }
        catch (MessagingException exception)
        {
            return HealthCheckResult.Unhealthy("The broker does not answer.", exception);
        }

        return processors.FirstOrDefault(processor => processor.Trouble is not null) is { } idle
            ? HealthCheckResult.Unhealthy($"It is not receiving from {idle.Address}.", idle.Trouble)
            : HealthCheckResult.Healthy();
    }
}
