using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Amqp.Listener;

namespace Repaint.LocalBus.Security;

/// <summary>What each connection may do: everything after SASL PLAIN, otherwise what it showed <c>$cbs</c> tokens for.</summary>
internal sealed class ConnectionClaims(TimeProvider time)
{
    private readonly ConditionalWeakTable<ListenerConnection, ConcurrentDictionary<string, SignedResource>> _claims = [];

    public void Add(ListenerConnection connection, string audience, DateTimeOffset expiresAt)
    {
        var path = SignedResource.PathOf(audience);
        _claims.GetOrCreateValue(connection)[path] = new SignedResource(path, expiresAt);
    }

    public bool Allow(ListenerConnection connection, string path) =>
        connection.Principal is not null
        || (_claims.TryGetValue(connection, out var claims)
            && claims.Any(claim => claim.Value.ExpiresAt > time.GetUtcNow() && claim.Value.Covers(path)));
}
