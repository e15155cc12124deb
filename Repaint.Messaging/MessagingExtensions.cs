using Azure.Core;
using Azure.Identity;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Repaint.Contracts;
using Repaint.Messaging.Connections;
using Repaint.Messaging.Processing;
using Repaint.Messaging.Sending;
using Repaint.Messaging.Telemetry;

namespace Repaint.Messaging;

/// <summary>Composition of a service's messaging.</summary>
public static class MessagingExtensions
{
    internal const string SendConnection = "send";
    internal const string ReceiveConnection = "receive";

    private static readonly TimeSpan HealthTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Registers <see cref="IMessageSender"/>, the supervised connections and their health check.</summary>
    public static MessagingBuilder AddMessaging(this IHostApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddOptions<MessagingOptions>().BindConfiguration(MessagingOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(provider => BusAddress.Parse(
            provider.GetRequiredService<IConfiguration>().GetConnectionString(ResourceNames.Messaging)
            ?? throw new InvalidOperationException($"ConnectionStrings:{ResourceNames.Messaging} is not set.")));
        services.AddSingleton(CreateTokenSource);
        services.AddKeyedSingleton(SendConnection, CreateConnection);
        services.AddKeyedSingleton(ReceiveConnection, CreateConnection);
        services.AddSingleton<MessagingTelemetry>();
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<MessageSender>(
            provider, provider.GetRequiredKeyedService<BusConnection>(SendConnection)));
        services.AddSingleton<IMessageSender>(provider => provider.GetRequiredService<MessageSender>());
        services.AddHealthChecks().Add(new HealthCheckRegistration(
            ResourceNames.Messaging,
            provider => new BusHealthCheck(
                provider.GetRequiredKeyedService<BusConnection>(SendConnection), provider.GetServices<IHostedService>().OfType<QueueProcessor>()),
            HealthStatus.Unhealthy, tags: null, HealthTimeout));
        return new MessagingBuilder(builder);
    }

    private static ITokenSource CreateTokenSource(IServiceProvider provider)
    {
        var address = provider.GetRequiredService<BusAddress>();
        return address is { KeyName: { } name, Key: { } key }
            ? new SharedKeyTokenSource(
                name, key, provider.GetRequiredService<IOptions<MessagingOptions>>().Value.TokenLifetime, provider.GetRequiredService<TimeProvider>())
            : new EntraTokenSource(provider.GetService<TokenCredential>() ?? new DefaultAzureCredential());
    }

    private static BusConnection CreateConnection(IServiceProvider provider, object? purpose) => new(
        (string)purpose!,
        provider.GetRequiredService<BusAddress>(),
        provider.GetRequiredService<ITokenSource>(),
        provider.GetRequiredService<IOptions<MessagingOptions>>().Value,
        provider.GetRequiredService<TimeProvider>(),
        provider.GetRequiredService<ILogger<BusConnection>>());
}
