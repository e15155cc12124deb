namespace Repaint.Api.OpenApi;

/// <summary>Endpoint metadata: the body is a picture's bytes, which handlers read as a stream.</summary>
internal sealed record RawImageBody;
