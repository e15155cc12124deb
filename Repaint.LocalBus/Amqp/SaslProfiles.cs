using System.Security.Principal;
using System.Text;
using Amqp;
using Amqp.Sasl;
using Amqp.Types;
using Repaint.LocalBus.Security;

namespace Repaint.LocalBus.Amqp;

/// <summary>SASL PLAIN with key name and key: the connection may do everything.</summary>
internal sealed class PlainProfile(SharedKey key) : SaslProfile("PLAIN")
{
    protected override ITransport UpgradeTransport(ITransport transport) =>
        new HeaderFirstTransport((IAsyncTransport)transport, new GenericPrincipal(new GenericIdentity("shared-key", "PLAIN"), []));

    protected override DescribedList GetStartCommand(string hostname) => throw new NotSupportedException();

    protected override DescribedList OnCommand(DescribedList command)
    {
        var parts = command is SaslInit { InitialResponse: { } response } ? Encoding.UTF8.GetString(response).Split('\0') : [];
        var known = parts is [_, var name, var secret] && key.Matches(name, secret);
        return new SaslOutcome { Code = known ? SaslCode.Ok : SaslCode.Auth };
    }
}

/// <summary>SASL without a proof: the connection may talk to <c>$cbs</c> and, once it has shown a token there, to queues.</summary>
internal sealed class TokenProfile(Symbol mechanism) : SaslProfile(mechanism)
{
    protected override ITransport UpgradeTransport(ITransport transport) =>
        new HeaderFirstTransport((IAsyncTransport)transport, principal: null);

    protected override DescribedList GetStartCommand(string hostname) => throw new NotSupportedException();

    protected override DescribedList OnCommand(DescribedList command) => new SaslOutcome { Code = SaslCode.Ok };
}
