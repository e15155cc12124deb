using System.Runtime.CompilerServices;
using System.Text;
using Amqp;
using Amqp.Framing;
using Amqp.Types;
using Azure.Core;
using Azure.Identity;
using Microsoft.Extensions.Logging.Abstractions;
using Repaint.Messaging.Connections;
using Repaint.Messaging.Processing;
using Repaint.Messaging.Sending;

namespace Repaint.Messaging;

/// <summary>
/// The dead letters of one queue, for the operator: counted, looked at, sent again, thrown away. Both those that wait
/// and those that a dead-letter processor has set aside.
/// </summary>
public sealed class DeadLetterQueue : IDisposable
{
    private const string Suffix = "/$deadletterqueue";
    private const int Page = 200;
    private const int LongestMessageId = 128;

    private static readonly Symbol Sequence = "x-opt-sequence-number";
    private static readonly Symbol State = "x-opt-message-state";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly string _address;
    private readonly TimeProvider _time;
    private readonly TimeSpan _sendTimeout;
    private readonly BusConnection _connection;
    private readonly QueueManagement _management;
    private readonly QueueSender _sender;

    private DeadLetterQueue(string queue, BusConnection connection, TimeSpan sendTimeout, TimeProvider time)
    {
        _address = queue + Suffix;
        _connection = connection;
        _sendTimeout = sendTimeout;
        _time = time;
        _management = new QueueManagement(_address, connection, time);
        _sender = new QueueSender(queue, connection, time);
    }

    /// <summary>Connects when first used.</summary>
    /// <param name="queue">The queue, not its dead-letter queue.</param>
    /// <param name="connectionString">As services take it: with a key, or a namespace's host name.</param>
    /// <param name="options">Time limits and trust.</param>
    /// <param name="credential">For a namespace's host name; null: whatever identity the machine has.</param>
    /// <exception cref="FormatException">The connection string is none.</exception>
    public static DeadLetterQueue Open(string queue, string connectionString, MessagingOptions options, TokenCredential? credential = null)
    {
        var address = BusAddress.Parse(connectionString);
        var time = TimeProvider.System;
        ITokenSource tokens = address is { KeyName: { } name, Key: { } key }
            ? new SharedKeyTokenSource(name, key, options.TokenLifetime, time)
            : new EntraTokenSource(credential ?? new DefaultAzureCredential());
        var connection = new BusConnection("dead-letters", address, tokens, options, time, NullLogger<BusConnection>.Instance);
        return new DeadLetterQueue(queue, connection, options.SendTimeout, time);
    }

    /// <summary>How many there are.</summary>
    /// <exception cref="MessagingException">The broker refused, or cannot be reached.</exception>
    public async Task<int> CountAsync(CancellationToken cancellation = default) => await ReadAsync(omitBody: true, cancellation).CountAsync(cancellation);

    /// <summary>Looks at them without taking them, in order.</summary>
    /// <exception cref="MessagingException">The broker refused, or cannot be reached.</exception>
    public IAsyncEnumerable<DeadLetter> PeekAsync(CancellationToken cancellation = default) => ReadAsync(omitBody: false, cancellation);

    /// <summary>
    /// Sends those that are chosen to their queue again and takes them out of here. Each gets a new id, made of its old
    /// one and its number here: under the old one the broker might drop it as a duplicate.
    /// </summary>
    /// <returns>How many.</returns>
    /// <exception cref="MessagingException">The broker refused, or cannot be reached; what is not sent again is still here.</exception>
    public Task<int> RedriveAsync(Func<DeadLetter, bool> choose, CancellationToken cancellation = default) =>
        TakeAsync(choose, message => _sender.SendAsync(Again(message), _sendTimeout, cancellation), cancellation);

    /// <summary>Throws those away that are chosen.</summary>
    /// <returns>How many.</returns>
    /// <exception cref="MessagingException">The broker refused, or cannot be reached.</exception>
    public Task<int> DiscardAsync(Func<DeadLetter, bool> choose, CancellationToken cancellation = default) =>
        TakeAsync(choose, _ => Task.CompletedTask, cancellation);

    /// <inheritdoc/>
    public void Dispose()
    {
        _management.Dispose();
        _connection.Dispose();
    }

    private async IAsyncEnumerable<DeadLetter> ReadAsync(bool omitBody, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var from = 1L;
        while (await _management.PeekAsync(from, Page, omitBody, cancellation) is { Count: > 0 } page)
        {
            foreach (var message in page)
            {
                var letter = Read(message);
                from = letter.SequenceNumber + 1;
                yield return letter;
            }
        }
    }

    private async Task<int> TakeAsync(Func<DeadLetter, bool> choose, Func<Message, Task> use, CancellationToken cancellation)
    {
        // What is here now, and no more: what comes back while we work would be taken for ever.
        var chosen = await PeekAsync(cancellation).Where(choose).ToListAsync(cancellation);
        var taken = 0;
        foreach (var letter in chosen.Where(letter => letter.IsSetAside))
        {
            if (await _management.TakeDeferredAsync(letter.SequenceNumber, cancellation) is { } deferred)
            {
                await use(deferred.Message);
                taken += await SettleAsync(deferred.LockToken, new Disposition.Complete(), cancellation);
            }
        }

        var waiting = chosen.Where(letter => !letter.IsSetAside).Select(letter => letter.SequenceNumber).ToHashSet();
        return taken + (waiting.Count == 0 ? 0 : await TakeWaitingAsync(waiting, use, cancellation));
    }

    private async Task<int> TakeWaitingAsync(HashSet<long> wanted, Func<Message, Task> use, CancellationToken cancellation)
    {
        var session = await _connection.GetAsync(cancellation);
        await session.AuthoriseAsync(_address, cancellation);
        var link = await Links.OpenReceiverAsync(session.Amqp, _address, _time, cancellation);
        var others = new List<Guid>();
        var taken = 0;
        try
        {
            // One at a time, and none once all are here: whatever is under lock here nobody else can have meanwhile. What does
            // not come is under somebody else's lock.
            while (wanted.Count > 0)
            {
                link.SetCredit(1, CreditMode.Manual);
                if (await ReceiveAsync(link) is not { } message)
                {
                    break;
                }

                var token = new Guid(message.DeliveryTag);
                if (!wanted.Remove(Number(message)))
                {
                    others.Add(token);
                    continue;
                }

                await use(message);
                taken += await SettleAsync(token, new Disposition.Complete(), cancellation);
            }
        }
        finally
        {
            foreach (var token in others)
            {
                await SettleAsync(token, new Disposition.Abandon(), CancellationToken.None);
            }

            Links.Close(link);
        }

        return taken;
    }

    private async Task<Message?> ReceiveAsync(ReceiverLink link)
    {
        try
        {
            return await link.ReceiveAsync(Patience);
        }
        catch (AmqpException exception)
        {
            throw BusErrors.Of(exception, _address);
        }
    }

    private async Task<int> SettleAsync(Guid token, Disposition disposition, CancellationToken cancellation) =>
        await _management.SettleAsync(token, disposition, cancellation) ? 1 : 0;

    private DeadLetter Read(Message message)
    {
        var received = ReceivedMessage.Read(message, _time);
        return new DeadLetter(
            Number(message),
            received.MessageId,
            received.Subject,
            received.EnqueuedAt,
            message.MessageAnnotations?.Map[State] is 1,
            received.Cause,
            Encoding.UTF8.GetString(received.Body.Span));
    }

    private static long Number(Message message) => message.MessageAnnotations?.Map[Sequence] is long number ? number : 0;

    private static Message Again(Message dead)
    {
        var properties = new ApplicationProperties();
        foreach (var (key, value) in dead.ApplicationProperties?.Map ?? [])
        {
            if (key is string name and not (ReceivedMessage.DeadLetterReason or ReceivedMessage.DeadLetterDescription))
            {
                properties[name] = value;
            }
        }

        var number = $"#{Number(dead)}";
        var id = dead.Properties?.GetMessageId()?.ToString() ?? string.Empty;
        return new Message
        {
            Header = new Header { Durable = true },
            Properties = new Properties
            {
                MessageId = id[..Math.Min(id.Length, LongestMessageId - number.Length)] + number,
                Subject = dead.Properties?.Subject,
                ContentType = dead.Properties?.ContentType,
            },
            ApplicationProperties = properties,
            BodySection = dead.BodySection,
        };
    }
}
