using Repaint.Contracts.Http;

namespace Repaint.Api.OpenApi;

/// <summary>Endpoint metadata: an error it can answer, for the OpenAPI document.</summary>
internal sealed record ErrorMetadata(int Status, string Code);

internal static class ErrorMetadataExtensions
{
    /// <summary>Documents an error of these endpoints.</summary>
    public static TBuilder Fails<TBuilder>(this TBuilder builder, int status, string code)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(new ErrorMetadata(status, code));

    public static TBuilder FailsNotFound<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder => builder.Fails(StatusCodes.Status404NotFound, ErrorCodes.NotFound);

    /// <summary>Documents that these endpoints need the image gateway.</summary>
    public static TBuilder FailsWithoutGateway<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder => builder.Fails(StatusCodes.Status503ServiceUnavailable, ErrorCodes.Unavailable);
}
