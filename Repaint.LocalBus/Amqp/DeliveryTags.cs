using Amqp.Handler;
using AmqpEvent = Amqp.Handler.EventId;

namespace Repaint.LocalBus.Amqp;

/// <summary>In Service Bus the delivery tag is the lock token, in .NET's byte order.</summary>
internal sealed class DeliveryTags : IHandler
{
    public bool CanHandle(AmqpEvent id) => id == AmqpEvent.SendDelivery;

    public void Handle(Event protocolEvent)
    {
        if (protocolEvent is { Id: AmqpEvent.SendDelivery, Context: IDelivery { Message: LockedMessage message } delivery })
        {
            delivery.Tag = message.LockToken.ToByteArray();
        }
    }
}
