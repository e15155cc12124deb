using Azure.Core;

namespace Repaint.Tests.Messaging;

/// <summary>An identity whose tokens are made up, by the number of the request.</summary>
internal sealed class TestCredential(Func<int, AccessToken> create) : TokenCredential
{
    private int _requests;

    /// <summary>The scopes last asked for.</summary>
    public IReadOnlyList<string> Asked { get; private set; } = [];

    public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken)
    {
        Asked = requestContext.Scopes;
        return create(Interlocked.Increment(ref _requests));
    }

    public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
        ValueTask.FromResult(GetToken(requestContext, cancellationToken));
}
