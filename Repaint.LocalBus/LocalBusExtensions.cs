using Repaint.LocalBus.Amqp;
using Repaint.LocalBus.Queues;
using Repaint.LocalBus.Security;
using Repaint.LocalBus.Storage;

namespace Repaint.LocalBus;

internal static class LocalBusExtensions
{
    public static void AddLocalBus(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<LocalBusOptions>()
            .BindConfiguration(LocalBusOptions.Section)
            .ValidateDataAnnotations()
            .ValidateOnStart();
        builder.Services.AddSingleton<MessageStore>();
        builder.Services.AddSingleton<QueueSet>();
        builder.Services.AddSingleton<SharedKey>();
        builder.Services.AddSingleton<ConnectionClaims>();
        builder.Services.AddSingleton<TokenNode>();
        builder.Services.AddSingleton<WatchedLinks>();
        builder.Services.AddSingleton<LinkRouter>();
        builder.Services.AddSingleton<BusListener>();
        // Stopped in reverse: first nobody can send any more, then the clock stops.
        builder.Services.AddHostedService(services => services.GetRequiredService<QueueSet>());
        builder.Services.AddHostedService(services => services.GetRequiredService<WatchedLinks>());
        builder.Services.AddHostedService(services => services.GetRequiredService<BusListener>());
        builder.Services.AddHealthChecks().AddCheck<BusListener>("amqp");
    }
}
