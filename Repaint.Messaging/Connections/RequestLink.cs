using System.Collections.Concurrent;
using Amqp;
using Amqp.Framing;

namespace Repaint.Messaging.Connections;

/// <summary>Request and response over a pair of links: <c>$cbs</c> and <c>$management</c>.</summary>
internal sealed class RequestLink
{
    private const int ReplyCredit = 100;

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(15);

    private readonly ConcurrentDictionary<string, TaskCompletionSource<Message>> _pending = new();
    private readonly string _address;
    private readonly string _replyTo;
    private readonly SenderLink _requests;
    private readonly ReceiverLink _replies;
    private readonly TimeProvider _time;
    private long _lastId;

    private RequestLink(string address, string replyTo, SenderLink requests, ReceiverLink replies, TimeProvider time)
    {
        _address = address;
        _replyTo = replyTo;
        _requests = requests;
        _replies = replies;
        _time = time;
        replies.AddClosedCallback((_, error) => Fail(error));
        requests.AddClosedCallback((_, error) => Fail(error));
        replies.Start(ReplyCredit, OnReply);
    }

    public bool IsOpen => !_requests.IsClosed && !_replies.IsClosed;

    public static async Task<RequestLink> OpenAsync(Session session, string address, TimeProvider time, CancellationToken cancellation)
    {
        var replyTo = Links.Name(address);
        var replies = await Links.OpenReplyAsync(session, address, replyTo, time, cancellation);
        try
        {
            var requests = await Links.OpenSenderAsync(session, address, time, cancellation);
            return new RequestLink(address, replyTo, requests, replies, time);
        }
        catch
        {
            Links.Close(replies);
            throw;
        }
    }

    public async Task<Message> RequestAsync(Message request, CancellationToken cancellation)
    {
        var id = Interlocked.Increment(ref _lastId).ToString();
        request.Properties = new Properties { MessageId = id, ReplyTo = _replyTo };
        var answer = new TaskCompletionSource<Message>(TaskCreationOptions.RunContinuationsAsynchronously);
        _pending[id] = answer;
        try
        {
            if (!IsOpen)
            {
                throw BusErrors.Of(error: null, _address);
            }

            // Without an outcome callback the request goes settled: the reply is its confirmation.
            _requests.Send(request, callback: null, state: null);
            return await answer.Task.WaitAsync(Timeout, _time, cancellation);
        }
        catch (Exception exception) when (BusErrors.IsBroker(exception))
        {
            throw BusErrors.Of(exception, _address);
        }
        finally
        {
            _pending.TryRemove(id, out _);
        }
    }

    public void Close()
    {
        Links.Close(_requests);
        Links.Close(_replies);
    }

    private void OnReply(IReceiverLink link, Message reply)
    {
        if (reply.Properties?.GetCorrelationId()?.ToString() is { } id && _pending.TryRemove(id, out var answer))
        {
            answer.TrySetResult(reply);
        }

        // Settled already; this gives the link its credit back.
        link.Accept(reply);
    }

    private void Fail(Error? error)
    {
        foreach (var answer in _pending.Values)
        {
            answer.TrySetException(BusErrors.Of(error, _address));
        }
    }
}
