using System.Diagnostics;

namespace Repaint.ImageGateway.InternalListener;

/// <summary>
/// Continues the trace of a caller that holds a key; anyone else's request starts a trace of its own.
/// </summary>
internal sealed class TrustedCallerPropagator(InternalKeys keys) : DistributedContextPropagator
{
    private readonly DistributedContextPropagator _inner = CreateDefaultPropagator();

    public override IReadOnlyCollection<string> Fields => _inner.Fields;

    public override void Inject(Activity? activity, object? carrier, PropagatorSetterCallback? setter) =>
        _inner.Inject(activity, carrier, setter);

    public override void ExtractTraceIdAndState(
        object? carrier, PropagatorGetterCallback? getter, out string? traceId, out string? traceState)
    {
        traceId = traceState = null;
        if (IsTrusted(carrier))
        {
            _inner.ExtractTraceIdAndState(carrier, getter, out traceId, out traceState);
        }
    }

    // Baggage has no use here, and what is not read cannot leak.
    public override IEnumerable<KeyValuePair<string, string?>>? ExtractBaggage(object? carrier, PropagatorGetterCallback? getter) => null;

    private bool IsTrusted(object? carrier) => carrier is IHeaderDictionary headers && keys.Accept(headers);
}
