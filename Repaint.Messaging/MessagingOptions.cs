using System.ComponentModel.DataAnnotations;

namespace Repaint.Messaging;

/// <summary>Section <c>Messaging</c>.</summary>
public sealed class MessagingOptions
{
    /// <summary>Name of the section.</summary>
    public const string Section = "Messaging";

    /// <summary>How often a send is tried before it fails; default 6.</summary>
    [Range(1, 100)]
    public int SendTries { get; set; } = 6;

    /// <summary>How long one try waits for the broker's confirmation; default 15 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:10:00")]
    public TimeSpan SendTimeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Wait after the first failed try; doubles from there; default 0.2 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.01", "00:01:00")]
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Longest wait between tries; default 10 s, which is what Service Bus asks for when it is busy.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:10:00")]
    public TimeSpan LongestRetryDelay { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long opening a connection may take; default 30 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:05:00")]
    public TimeSpan OpenTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Lifetime of the tokens signed with the shared key; renewed before it ends; default 1 h.</summary>
    [Range(typeof(TimeSpan), "00:00:10", "1.00:00:00")]
    public TimeSpan TokenLifetime { get; set; } = TimeSpan.FromHours(1);

    /// <summary>
    /// PEM file of the authority that signed the broker's certificate, for a bus of one's own; null: those that the
    /// machine trusts.
    /// </summary>
    public string? CertificateAuthorityFile { get; set; }

    /// <summary>How often the outbox is looked at when no notification came; default 5 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:10:00")]
    public TimeSpan OutboxPollInterval { get; set; } = TimeSpan.FromSeconds(5);
}
