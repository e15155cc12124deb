namespace Repaint.Console.Api;

/// <summary>An RFC 9457 problem, as far as the console reads it.</summary>
public sealed record ApiProblem(int? Status = null, string? Code = null, string? Detail = null, string? TraceId = null,
    IReadOnlyDictionary<string, string[]>? Errors = null);
