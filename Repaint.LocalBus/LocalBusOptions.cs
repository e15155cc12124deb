using System.ComponentModel.DataAnnotations;

namespace Repaint.LocalBus;

/// <summary>Section <c>LocalBus</c>.</summary>
internal sealed class LocalBusOptions
{
    public const string Section = "LocalBus";

    /// <summary>Address to listen on; anything but loopback is the operator's explicit choice.</summary>
    [Required]
    public string Host { get; init; } = "127.0.0.1";

    /// <summary>AMQP port; 5672 like the container emulator's.</summary>
    [Range(1, 65535)]
    public int Port { get; init; } = 5672;

    /// <summary>Folder of the database; made when missing.</summary>
    [Required]
    public string DataDirectory { get; init; } = string.Empty;

    /// <summary>Name of the one shared access key.</summary>
    [Required]
    public string KeyName { get; init; } = "RootManageSharedAccessKey";

    /// <summary>The key; at least 16 characters.</summary>
    [Required, MinLength(16)]
    public string Key { get; init; } = string.Empty;

    /// <summary>How large the database may become; a sender is refused with resource-limit-exceeded from there on.</summary>
    [Range(1, 1_000_000)]
    public int MaxMegabytes { get; init; } = 10_240;

    /// <summary>PEM file with certificate and private key; with it the port speaks TLS only. Null: plain AMQP.</summary>
    public string? CertificateFile { get; init; }

    /// <summary>Queue definitions in the Service Bus emulator's Config.json format; by default the four of this system.</summary>
    [Required]
    public string QueuesFile { get; init; } = Path.Combine(AppContext.BaseDirectory, "queues.json");
}
