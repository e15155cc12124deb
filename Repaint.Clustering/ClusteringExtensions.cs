using Repaint.Clustering.Decoding;
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
        builder.Services.AddOptions<ClusteringOptions>().BindConfiguration("Clustering").ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<MemoryBudget>();
        builder.Services.AddSingleton<HangGuard>();
        builder.Services.AddSingleton<ClusteringTelemetry>();
        builder.AddMessaging().AddProcessor(QueueNames.Clustering, processor => processor
            .Handle<ClusterImage, ClusterImageHandler>()
            // Each message keeps one core busy: the imaging runs on one thread. Memory is the budget's.
            .Configure(options => options.Concurrency = Environment.ProcessorCount));
    }
}
