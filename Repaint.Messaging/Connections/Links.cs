using Amqp;
using Amqp.Framing;

namespace Repaint.Messaging.Connections;

/// <summary>Opens links and waits for the answer, which the library's constructors do not.</summary>
internal static class Links
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(15);

    public static Task<SenderLink> OpenSenderAsync(Session session, string address, TimeProvider time, CancellationToken cancellation) =>
        OpenAsync(
            attached => new SenderLink(session, Name(address), new Target { Address = address }, attached),
            attach => attach.Target is not null, address, time, cancellation);

    public static Task<ReceiverLink> OpenReceiverAsync(Session session, string address, TimeProvider time, CancellationToken cancellation) =>
        OpenAsync(
            attached => new ReceiverLink(session, Name(address), new Source { Address = address }, attached),
            attach => attach.Source is not null, address, time, cancellation);

    /// <summary>The receiving half of a request-response pair.</summary>
    public static Task<ReceiverLink> OpenReplyAsync(
        Session session, string address, string replyTo, TimeProvider time, CancellationToken cancellation) =>
        OpenAsync(
            attached => new ReceiverLink(
                session,
                replyTo,
                new Attach
                {
                    Source = new Source { Address = address },
                    Target = new Target { Address = replyTo },
                    SndSettleMode = SenderSettleMode.Settled,
                },
                attached),
            attach => attach.Source is not null, address, time, cancellation);

    public static string Name(string address) => $"{address}-{Guid.CreateVersion7():N}";

    private static async Task<TLink> OpenAsync<TLink>(
        Func<OnAttached, TLink> create, Func<Attach, bool> accepted, string address, TimeProvider time, CancellationToken cancellation)
        where TLink : Link
    {
        var answered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        TLink? link = null;
        try
        {
            link = create((_, attach) =>
            {
                // A refusal is an attach without terminus; the detach that follows says why (AMQP 1.0, 2.6.3).
                if (accepted(attach))
                {
                    answered.TrySetResult();
                }
            });
            link.AddClosedCallback((_, error) => answered.TrySetException(BusErrors.Of(error, address)));
            await answered.Task.WaitAsync(Timeout, time, cancellation);
            return link;
        }
        catch (Exception exception) when (BusErrors.IsBroker(exception))
        {
            Close(link);
            throw BusErrors.Of(exception, address);
        }
        catch
        {
            Close(link);
            throw;
        }
    }

    /// <summary>Closes without waiting for the peer.</summary>
    public static void Close(AmqpObject? link)
    {
        try
        {
            link?.Close(TimeSpan.Zero);
        }
        catch (AmqpException)
        {
            // It was closed, or never opened: either way it is gone.
        }
        catch (ObjectDisposedException)
        {
        }
    }
}
