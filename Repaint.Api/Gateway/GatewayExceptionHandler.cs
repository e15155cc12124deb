using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http.HttpResults;
using Repaint.Contracts.Http;
using Repaint.ServiceDefaults.Problems;

namespace Repaint.Api.Gateway;

/// <summary>What the gateway refused, with its code; anything else that is wrong with it: 503, try again.</summary>
internal sealed partial class GatewayExceptionHandler(ILogger<GatewayExceptionHandler> logger) : IExceptionHandler
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(5);

    public async ValueTask<bool> TryHandleAsync(HttpContext context, Exception exception, CancellationToken cancellationToken)
    {
        if (exception is not GatewayException gateway)
        {
            return false;
        }

        await Answer(context, gateway).ExecuteAsync(context);
        return true;
    }

    private ProblemHttpResult Answer(HttpContext context, GatewayException gateway) => gateway switch
    {
        { IsRefusal: true, RetryAfter: { } wait } => Problem.Of(context, (int)gateway.Status!, gateway.Code!, Detail(gateway.Code!), wait),
        { IsRefusal: true } => Problem.Of((int)gateway.Status!, gateway.Code!, Detail(gateway.Code!)),
        _ => Unavailable(context, gateway),
    };

    private ProblemHttpResult Unavailable(HttpContext context, GatewayException gateway)
    {
        Log.Unavailable(logger, gateway);
        return Problem.Of(context, StatusCodes.Status503ServiceUnavailable, ErrorCodes.Unavailable,
            "The image store does not answer. Nothing has been changed; try again.", gateway.RetryAfter ?? RetryAfter);
    }

    internal static string Detail(string code) => code switch
    {
        ErrorCodes.PhotoExists => "There is a photograph already; send overwrite=true to replace it.",
        ErrorCodes.NotReady => "It is still being made; ask again in a moment.",
        ErrorCodes.ImageTooLarge => "The picture has more bytes than are accepted.",
        ErrorCodes.ImageTypeUnsupported => "The bytes are none of the accepted types of picture.",
        ErrorCodes.ImageInvalid => "The picture is damaged, or its sides are outside the limits.",
        ErrorCodes.WrongState => "The image is not in a state in which this can be done.",
        ErrorCodes.NotFound => "There is no such image.",
        _ => "The image store refused the request.",
    };

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "The image gateway failed a request")]
        public static partial void Unavailable(ILogger logger, Exception exception);
    }
}
