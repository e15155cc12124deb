using System.ComponentModel.DataAnnotations;

namespace Repaint.Messaging;

/// <summary>How one queue is processed. Section <c>Messaging:Processors:{queue}</c> overrides what the code says.</summary>
public sealed class ProcessorOptions
{
    /// <summary>Name of the section that holds one section for each queue.</summary>
    public const string Section = MessagingOptions.Section + ":Processors";

    /// <summary>
    /// Messages handled at once; default 1. As many are asked for as are free, none in advance: a crash must not raise
    /// the delivery count of messages that were only waiting here, nor use up their lock.
    /// </summary>
    [Range(1, 256)]
    public int Concurrency { get; set; } = 1;

    /// <summary>How long a handler may take; default 5 min. The lock is renewed as long as that.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "1.00:00:00")]
    public TimeSpan TimeLimit { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Wait before a message is given back after its first failure; doubles from there; default 1 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Longest wait before a message is given back; default 30 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan LongestRetryDelay { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long messages under way may go on when the process stops, before they are given back; default 20 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan StopGrace { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>
    /// Whether a message on its second or a later try is handled alone; default true. If it is the one that crashes
    /// native code, it takes no other with it.
    /// </summary>
    public bool RunRetriesAlone { get; set; } = true;
}
