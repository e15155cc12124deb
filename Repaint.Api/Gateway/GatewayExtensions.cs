using System.Net.Http.Headers;
using Microsoft.Extensions.Options;
using Repaint.Contracts;

namespace Repaint.Api.Gateway;

internal static class GatewayExtensions
{
    // Service discovery reads it as: the endpoint named "internal" of resource "image-gateway".
    private static readonly Uri BaseAddress = new($"http://_{ResourceNames.InternalEndpoint}.{ResourceNames.ImageGateway}");

    public static void AddGateway(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<GatewayOptions>()
            .BindConfiguration(GatewayOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddHttpClient<GatewayClient>(Configure).AddStandardResilienceHandler(options =>
        {
            options.AttemptTimeout.Timeout = TimeSpan.FromSeconds(5);
            options.TotalRequestTimeout.Timeout = TimeSpan.FromSeconds(12);
            options.Retry.MaxRetryAttempts = 2;
            options.Retry.Delay = TimeSpan.FromMilliseconds(250);
            // An answer is an answer: 503 and 429 go to the caller, who is told when to come back.
            options.Retry.ShouldHandle = arguments => ValueTask.FromResult(arguments.Outcome.Exception is HttpRequestException);
        });
        builder.Services.AddHttpClient<GatewayUploads>(Configure)
            .ConfigureHttpClient(http => http.Timeout = Timeout.InfiniteTimeSpan);
        builder.Services.AddExceptionHandler<GatewayExceptionHandler>();
    }

    private static void Configure(IServiceProvider services, HttpClient http)
    {
        http.BaseAddress = BaseAddress;
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Bearer", services.GetRequiredService<IOptions<GatewayOptions>>().Value.Key);
    }
}
