namespace Repaint.Api.OpenApi;

/// <summary>Endpoint metadata: a GET that honours If-None-Match.</summary>
internal sealed record AnswersNotModified;
