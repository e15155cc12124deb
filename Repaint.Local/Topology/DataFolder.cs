using System.Security.Cryptography;
using System.Text.Json;

namespace Repaint.Local.Topology;

/// <summary>Everything one system keeps: databases, blobs, queues, keys, logs. One system at a time.</summary>
internal sealed class DataFolder
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    public DataFolder(string path) => Path = System.IO.Path.GetFullPath(path);

    public string Path { get; }

    public string Logs => In("logs");

    public string Bus => In("bus");

    public string StateFile => In("state.json");

    public string LockFile => In("lock");

    public string StaffAccountFile => In("secrets/staff-account.json");

    /// <summary>For root where the system keeps such things, otherwise in the XDG state folder.</summary>
    public static string DefaultPath => Environment.IsPrivilegedProcess
        ? "/var/lib/repaint"
        : System.IO.Path.Combine(
            Environment.GetEnvironmentVariable("XDG_STATE_HOME") is { Length: > 0 } state
                ? state
                : System.IO.Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".local", "state"),
            "repaint");

    public string In(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Makes the folders. Root's own is open to entering, as PostgreSQL's part belongs to another user.</summary>
    public void Create()
    {
        try
        {
            Directory.CreateDirectory(Path, Environment.IsPrivilegedProcess
                ? OwnerOnly | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute
                : OwnerOnly);
            foreach (var folder in (string[])[Logs, In("secrets"), Bus])
            {
                Directory.CreateDirectory(folder);
                File.SetUnixFileMode(folder, OwnerOnly);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Unusable(exception);
        }
    }

    /// <summary>Claims the folder for this process; the kernel gives it back when the process ends, however it ends.</summary>
    /// <exception cref="LocalException">Another process has it.</exception>
    public IDisposable Lock() => TryLock()
        ?? throw new LocalException($"Another instance is running on {Path}. Stop it with `./repaint down --data \"{Path}\"`, or choose another --data DIR.");

    /// <summary>Claims the folder; null when another process has it.</summary>
    /// <exception cref="LocalException">It belongs to another user.</exception>
    public IDisposable? TryLock()
    {
        try
        {
            return new FileStream(LockFile, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (UnauthorizedAccessException exception)
        {
            throw Unusable(exception);
        }
        catch (IOException) when (Directory.Exists(Path))
        {
            return null;
        }
    }

    /// <summary>A generated secret, the same at every start.</summary>
    public string Secret(string name) => SecretFile.GetOrCreate(In($"secrets/{name}"));

    /// <summary>The staff account, generated at the first start.</summary>
    public StaffAccount StaffAccount() => JsonSerializer.Deserialize<StaffAccount>(
        SecretFile.GetOrCreate(StaffAccountFile, () => JsonSerializer.Serialize(
            new StaffAccount("staff", "staff@localhost", RandomNumberGenerator.GetString("abcdefghjkmnpqrstuvwxyz23456789", 16)),
            JsonSerializerOptions.Web)),
        JsonSerializerOptions.Web)!;

    private LocalException Unusable(Exception exception) =>
        new($"The data folder {Path} cannot be used: {exception.Message} Choose another with --data DIR.", exception);
}

/// <summary>Who may sign in to the console on this machine.</summary>
internal sealed record StaffAccount(string UserName, string Email, string Password);
