using Amqp;
using Repaint.Messaging.Connections;

namespace Repaint.Messaging.Sending;

/// <summary>The link to one queue, opened when it is needed and again when it has gone.</summary>
internal sealed class QueueSender(string queue, BusConnection connection, TimeProvider time)
{
    private readonly Lock _gate = new();
    private Task<SenderLink>? _link;

    /// <summary>Sends, and returns once the broker has accepted.</summary>
    public async Task SendAsync(Message message, TimeSpan timeout, CancellationToken cancellation)
    {
        var link = await LinkAsync().WaitAsync(cancellation);
        var accepted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        link.Send(message, (_, _, outcome, _) => Complete(accepted, outcome), state: null);
        try
        {
            await accepted.Task.WaitAsync(timeout, time, cancellation);
        }
        catch (TimeoutException)
        {
            // Not to go out behind the back of the next try; if it has gone out, its id makes the second a duplicate.
            link.Cancel(message);
            throw;
        }
    }

    private Task<SenderLink> LinkAsync()
    {
        lock (_gate)
        {
            if (_link is null || _link.IsFaulted || _link.IsCanceled || _link is { IsCompletedSuccessfully: true, Result.IsClosed: true })
            {
                _link = OpenAsync();
            }

            return _link;
        }
    }

    private async Task<SenderLink> OpenAsync()
    {
        var session = await connection.GetAsync(CancellationToken.None);
        await session.AuthoriseAsync(queue, CancellationToken.None);
        return await Links.OpenSenderAsync(session.Amqp, queue, time, CancellationToken.None);
    }

    private void Complete(TaskCompletionSource accepted, Amqp.Framing.Outcome? outcome)
    {
        switch (outcome)
        {
            case Amqp.Framing.Accepted:
                accepted.TrySetResult();
                break;
            case Amqp.Framing.Rejected rejected:
                accepted.TrySetException(BusErrors.Of(rejected.Error, queue));
                break;
            default:
                accepted.TrySetException(BusErrors.Of(error: null, queue));
                break;
        }
    }
}
