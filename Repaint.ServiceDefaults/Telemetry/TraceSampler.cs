using System.Diagnostics;
using System.Globalization;
using OpenTelemetry.Trace;

namespace Repaint.ServiceDefaults.Telemetry;

/// <summary>
/// Chooses whole traces by their id, so that every service chooses the same. What is not chosen is recorded all the same and
/// not exported, unless it fails: see <see cref="FailureProcessor"/>.
/// </summary>
/// <param name="ratio">Share of traces to export, 0 to 1.</param>
internal sealed class TraceSampler(double ratio) : Sampler
{
    /// <summary>OpenTelemetry's own variable for it.</summary>
    public const string RatioVariable = "OTEL_TRACES_SAMPLER_ARG";

    private readonly TraceIdRatioBasedSampler _byTraceId = new(ratio);

    /// <exception cref="InvalidOperationException">The variable is not a number from 0 to 1.</exception>
    public static TraceSampler FromSetting(string? setting) => string.IsNullOrWhiteSpace(setting)
        ? new TraceSampler(1)
        : double.TryParse(setting, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var ratio) && ratio is >= 0 and <= 1
            ? new TraceSampler(ratio)
            : throw new InvalidOperationException($"{RatioVariable} must be a number from 0 to 1.");

    public override SamplingResult ShouldSample(in SamplingParameters parameters)
    {
        var parent = parameters.ParentContext;
        var isChosen = parent.TraceId != default
            ? parent.TraceFlags.HasFlag(ActivityTraceFlags.Recorded)
            // A call to a database or a store that belongs to nothing is a look whether there is work: there was none.
            : parameters.Kind != ActivityKind.Client
                && _byTraceId.ShouldSample(parameters).Decision == SamplingDecision.RecordAndSample;
        return new SamplingResult(isChosen ? SamplingDecision.RecordAndSample : SamplingDecision.RecordOnly);
    }
}
