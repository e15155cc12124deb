using Repaint.Contracts;
using Repaint.Contracts.Messages;
using Repaint.Messaging;
using Repaint.ServiceDefaults.Blobs;

namespace Repaint.Clustering;

internal static class ClusteringExtensions
{
    public static void AddClustering(this IHostApplicationBuilder builder)
    {
        builder.AddImageBlobs();
        builder.Services.AddSingleton<ClusteringTelemetry>();
        builder.AddMessaging().AddProcessor(QueueNames.Clustering, processor => processor
            .Handle<ClusterImage, ClusterImageHandler>()
            // Each message keeps one core busy: the imaging runs on one thread.
            .Configure(options => options.Concurrency = Environment.ProcessorCount));
    }
}
