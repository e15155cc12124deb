using Repaint.Contracts;
using Repaint.Contracts.Messages;
using Repaint.Messaging;
using Repaint.ServiceDefaults.Blobs;

namespace Repaint.Generation;

internal static class GenerationExtensions
{
    public static void AddGeneration(this IHostApplicationBuilder builder)
    {
        builder.AddImageBlobs();
        builder.Services.AddSingleton<GenerationTelemetry>();
        builder.AddMessaging().AddProcessor(QueueNames.Generation, processor => processor
            .Handle<PaintRendering, PaintRenderingHandler>()
            // Each message keeps one core busy: the imaging runs on one thread.
            .Configure(options => options.Concurrency = Environment.ProcessorCount));
    }
}
