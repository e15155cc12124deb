using System.Text.Json;

namespace Repaint.Tests.Infrastructure;

/// <summary>This system's queues with other properties, in the emulator's format.</summary>
internal static class TestQueues
{
    public static string With(
        string lockDuration = "PT1M", int maxDeliveryCount = 5, string duplicateWindow = "PT5M", string? timeToLive = null) =>
        JsonSerializer.Serialize(new
        {
            UserConfig = new
            {
                Namespaces = new[]
                {
                    new
                    {
                        Name = "test",
                        Queues = Contracts.QueueNames.All.Select(name => new
                        {
                            Name = name,
                            Properties = new
                            {
                                DeadLetteringOnMessageExpiration = true,
                                DefaultMessageTimeToLive = timeToLive,
                                DuplicateDetectionHistoryTimeWindow = duplicateWindow,
                                LockDuration = lockDuration,
                                MaxDeliveryCount = maxDeliveryCount,
                                RequiresDuplicateDetection = true,
                            },
                        }),
                    },
                },
            },
        });
}
