using System.Collections.Concurrent;
using Amqp;
using Amqp.Framing;
using Amqp.Listener;
using Repaint.LocalBus.Queues;
using Repaint.LocalBus.Security;

namespace Repaint.LocalBus.Amqp;

/// <summary>Decides what a link attaches to, and whether it may.</summary>
internal sealed partial class LinkRouter(
    QueueSet queues, ConnectionClaims claims, TokenNode tokens, WatchedLinks watched, TimeProvider time, ILogger<LinkRouter> logger) : ILinkProcessor
{
    private const string TokenAddress = "$cbs";
    private const string ManagementSuffix = "/$management";
    private const ulong MaxMessageSize = 1024 * 1024;

    private readonly ConcurrentDictionary<string, ManagementNode> _management = new();
    private readonly RequestLinks _requests = new();

    public void Process(AttachContext attachContext)
    {
        var link = attachContext.Link;
        var attach = attachContext.Attach;
        // Without it Microsoft's clients cannot size a batch.
        attach.MaxMessageSize = MaxMessageSize;

        var address = link.Role ? (attach.Target as Target)?.Address : (attach.Source as Source)?.Address;
        if (address is null)
        {
            attachContext.Complete(Errors.Of(ErrorCode.NotImplemented, "Only links with an address are covered."));
            return;
        }

        var path = SignedResource.PathOf(address);
        if (path == TokenAddress)
        {
            _requests.Attach(attachContext, tokens);
        }
        else if (!claims.Allow((ListenerConnection)link.Session.Connection, path))
        {
            Log.Refused(logger, path);
            attachContext.Complete(Errors.Of(ErrorCode.UnauthorizedAccess, $"Unauthorized access to '{path}'."));
        }
        else if (path.EndsWith(ManagementSuffix, StringComparison.Ordinal) && queues.TryGet(path[..^ManagementSuffix.Length], out var managed))
        {
            _requests.Attach(attachContext, _management.GetOrAdd(path, _ => new ManagementNode(path, managed, claims, time)));
        }
        else if (!queues.TryGet(path, out var queue))
        {
            attachContext.Complete(Errors.Of(ErrorCode.NotFound, $"The messaging entity '{path}' could not be found."));
        }
        else if (!link.Role && attach.Source is Source { FilterSet.Count: > 0 })
        {
            attachContext.Complete(Errors.Of(ErrorCode.NotImplemented, "Sessions and filters are not covered."));
        }
        else if (!link.Role)
        {
            var endpoint = new OutgoingLink(link, queue, watched);
            // The endpoint's own notice comes after what is unsettled has been reported as released.
            link.Closed += (_, _) => endpoint.Close();
            attach.InitialDeliveryCount = 0;
            attachContext.Complete(endpoint, initialCredit: 0);
            queue.Attach(endpoint);
            watched.Add(link, path);
            if (link.IsClosed)
            {
                // Gone before it was entered in the queue's list.
                endpoint.Close();
            }
        }
        else if (queue.IsDeadLetterQueue)
        {
            attachContext.Complete(Errors.Of(ErrorCode.NotAllowed, "Nothing can be sent to a dead-letter queue."));
        }
        else
        {
            attachContext.Complete(new IncomingLink(queue, watched, time), IncomingLink.Credit);
            watched.Add(link, path);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "A link to {Path} was refused: no valid token")]
        public static partial void Refused(ILogger logger, string path);
    }
}
