using System.Security.Cryptography;
using Repaint.Local.Processes;

namespace Repaint.Local.Blobs;

/// <summary>Azurite, Microsoft's emulator of Azure Blob Storage, with a generated account key.</summary>
/// <param name="folder">Holds the blobs and the account key.</param>
/// <param name="port">Port on 127.0.0.1.</param>
/// <param name="nodeModules">See <see cref="NpmPackages"/>.</param>
internal sealed class AzuriteServer(string folder, int port, string nodeModules)
{
    private const string Account = "repaint";
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);
    private static readonly HttpClient Http = new();

    // Azure's account keys are 512 bits, standard base64.
    private readonly Lazy<string> _key = new(() => SecretFile.GetOrCreate(
        KeyFile(folder), () => Convert.ToBase64String(RandomNumberGenerator.GetBytes(64))));

    public static string KeyFile(string folder) => Path.Combine(folder, "account-key");

    /// <summary>How to run it; <see cref="PrepareAsync"/> comes first. It saves what it knows on SIGTERM.</summary>
    public ProcessCommand Command => new(
        "node", Path.Combine(nodeModules, "azurite", "dist", "src", "blob", "main.js"),
        "--blobHost", "127.0.0.1", "--blobPort", port.ToString(), "--location", folder, "--silent", "--disableTelemetry")
    {
        Environment = new Dictionary<string, string> { ["AZURITE_ACCOUNTS"] = $"{Account}:{_key.Value}" },
    };

    public string ConnectionString =>
        $"DefaultEndpointsProtocol=http;AccountName={Account};AccountKey={_key.Value};BlobEndpoint=http://127.0.0.1:{port}/{Account};";

    /// <summary>Makes its folder.</summary>
    public Task PrepareAsync(CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return Task.CompletedTask;
    }

    public async Task<bool> IsReadyAsync(CancellationToken cancellationToken)
    {
        try
        {
            // Refused for want of a signature: that is an answer.
            using var response = await Http.GetAsync($"http://127.0.0.1:{port}/{Account}?comp=list", cancellationToken);
            return true;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    /// <summary>Starts it, and waits until it answers. For use without the supervisor.</summary>
    public async Task<ChildProcess> StartAsync(CancellationToken cancellationToken)
    {
        await PrepareAsync(cancellationToken);
        var process = await ChildProcess.StartAsync(Command with { LogFile = Path.Combine(folder, "azurite.log") });
        try
        {
            await Condition.WaitAsync("Azurite answers", async cancellation => process.Exited.IsCompleted
                ? throw new LocalException($"Azurite ended at once; see {folder}/azurite.log.")
                : await IsReadyAsync(cancellation), StartTimeout, cancellationToken);
            return process;
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }
}
