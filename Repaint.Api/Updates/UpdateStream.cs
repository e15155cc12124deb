using System.IO.Pipelines;
using Repaint.Api.Authentication;
using Repaint.Api.Notifications;

namespace Repaint.Api.Updates;

/// <summary>
/// One visitor's open response. Thousands of them wait, so that it is little more than where it is written to. Who writes
/// has taken it first; one that is woken while it is taken is looked at once more. Begins taken.
/// </summary>
internal sealed class UpdateStream(UpdateStreams owner, VisitorIdentity visitor, long since, PipeWriter body)
    : StreamHub.Subscription(visitor.VisitorId), IParkedResponse
{
    /// <summary>An event with a <see cref="Contracts.Http.VisitorUpdate"/>; its id is the version.</summary>
    public const string Update = "update";

    /// <summary>An event with <c>null</c>, so that both ends notice a dead connection.</summary>
    public const string Ping = "ping";

    public static readonly TimeSpan PingInterval = TimeSpan.FromSeconds(15);

    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _isTaken = true;
    private bool _isWoken;
    private bool _isEnded;

    public byte[] TokenHash => visitor.TokenHash;

    public PipeWriter Body => body;

    /// <summary>Version of the visitor that the client has seen.</summary>
    public long Sent { get; set; } = since;

    /// <summary>Timestamp of the last event.</summary>
    public long SentAt { get; set; }

    public Task Completion => _completion.Task;

    public override void Wake()
    {
        lock (_completion)
        {
            _isWoken = _isTaken;
            if (_isTaken || _isEnded)
            {
                return;
            }

            _isTaken = true;
        }

        owner.Serve(this);
    }

    /// <summary>False when somebody else has it, or it has ended.</summary>
    public bool TryTake()
    {
        lock (_completion)
        {
            return !_isTaken && !_isEnded && (_isTaken = true);
        }
    }

    /// <summary>Gives it back. False when it has been woken meanwhile, and remains taken.</summary>
    public bool TryRelease()
    {
        lock (_completion)
        {
            if (_isWoken && !_isEnded)
            {
                _isWoken = false;
                return false;
            }

            _isTaken = false;
            if (_isEnded)
            {
                _completion.TrySetResult();
            }

            return true;
        }
    }

    /// <summary>Nothing more is sent, once who has taken it gives it back.</summary>
    public void End()
    {
        lock (_completion)
        {
            _isEnded = true;
            if (!_isTaken)
            {
                _completion.TrySetResult();
            }
        }
    }

    public void Dispose() => owner.Remove(this);
}
