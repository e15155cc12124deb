using Npgsql;
using Repaint.Local.Processes;

namespace Repaint.Local.Postgres;

/// <summary>
/// A private PostgreSQL cluster: loopback TCP only, SCRAM with a generated password, no Unix socket, so that neither
/// another cluster of this machine nor its users meet it.
/// </summary>
/// <param name="folder">Holds the cluster, its password and its log.</param>
/// <param name="port">Port on 127.0.0.1.</param>
/// <param name="settings">Further settings, as <c>name=value</c>.</param>
internal sealed class PostgresServer(string folder, int port, params IReadOnlyList<string> settings)
{
    private const string SuperUser = "repaint";
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);

    private readonly PostgresInstallation _installation = PostgresInstallation.Find();
    private readonly Lazy<string> _password = new(() => SecretFile.GetOrCreate(PasswordFile(folder)));

    private string Cluster => Path.Combine(folder, "cluster");

    public static string PasswordFile(string folder) => Path.Combine(folder, "password");

    /// <summary>How to run it; <see cref="PrepareAsync"/> comes first. SIGINT is PostgreSQL's fast shutdown.</summary>
    public ProcessCommand Command => _installation.Command("postgres",
    [
        "-D", Cluster,
        .. new[] { "listen_addresses=127.0.0.1", $"port={port}", "unix_socket_directories=", "max_connections=200" }
            .Concat(settings).SelectMany(setting => (string[])["-c", setting]),
    ]) with
    { StopSignal = Signal.Interrupt };

    public string ConnectionString(string database) => new NpgsqlConnectionStringBuilder
    {
        Host = "127.0.0.1",
        Port = port,
        Username = SuperUser,
        Password = _password.Value,
        Database = database,
    }.ConnectionString;

    /// <summary>Makes the cluster on first use.</summary>
    public async Task PrepareAsync(CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        if (_installation.User is { } user)
        {
            File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
                | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
            await EnsureReachableAsync(user, cancellationToken);
        }

        if (Directory.Exists(Cluster))
        {
            RemoveStaleLock();
            return;
        }

        await InitialiseAsync(cancellationToken);
    }

    public async Task<bool> IsReadyAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = await OpenAsync("postgres", cancellationToken);
            return true;
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }

    public async Task EnsureDatabaseAsync(string name, CancellationToken cancellationToken)
    {
        await using var connection = await OpenAsync("postgres", cancellationToken);
        await using var exists = new NpgsqlCommand("SELECT FROM pg_database WHERE datname = $1", connection)
        {
            Parameters = { new() { Value = name } },
        };
        await using (var reader = await exists.ExecuteReaderAsync(cancellationToken))
        {
            if (await reader.ReadAsync(cancellationToken))
            {
                return;
            }
        }

        await using var create = new NpgsqlCommand($"CREATE DATABASE \"{name}\"", connection);
        await create.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Prepares and starts it, and waits until it answers. For use without the supervisor.</summary>
    public async Task<ChildProcess> StartAsync(CancellationToken cancellationToken)
    {
        await PrepareAsync(cancellationToken);
        var process = await ChildProcess.StartAsync(Command with { LogFile = Path.Combine(folder, "postgres.log") });
        try
        {
            await Condition.WaitAsync("PostgreSQL answers", async cancellation => process.Exited.IsCompleted
                ? throw new LocalException($"PostgreSQL ended at once; see {folder}/postgres.log.")
                : await IsReadyAsync(cancellation), StartTimeout, cancellationToken);
            return process;
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    private async Task<NpgsqlConnection> OpenAsync(string database, CancellationToken cancellationToken)
    {
        var connection = new NpgsqlConnection(
            new NpgsqlConnectionStringBuilder(ConnectionString(database)) { Pooling = false, Timeout = 5 }.ConnectionString);
        try
        {
            await connection.OpenAsync(cancellationToken);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    private async Task EnsureReachableAsync(string user, CancellationToken cancellationToken)
    {
        try
        {
            await Programs.RunAsync("Entering the folder", new ProcessCommand("test", "-x", folder) { User = user }, cancellationToken);
        }
        catch (LocalException exception)
        {
            throw new LocalException(
                $"PostgreSQL runs as user {user} here, who must exist and be able to enter {folder}: " +
                "install postgresql, and choose a data folder whose parents every user may enter (chmod a+x).", exception);
        }
    }

    private async Task InitialiseAsync(CancellationToken cancellationToken)
    {
        // Made beside its place and moved there when complete: an interrupted start leaves no half cluster.
        var unfinished = Cluster + ".new";
        if (Directory.Exists(unfinished))
        {
            Directory.Delete(unfinished, recursive: true);
        }

        Directory.CreateDirectory(unfinished, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var passwordFile = Path.Combine(folder, "initial-password");
        SecretFile.Write(passwordFile, _password.Value);
        try
        {
            if (_installation.User is { } user)
            {
                await Programs.RunAsync("Changing the owner",
                    new ProcessCommand("chown", $"{user}:", unfinished, passwordFile), cancellationToken);
            }

            await Programs.RunAsync("Making the PostgreSQL cluster", _installation.Command("initdb",
                "-D", unfinished, "-U", SuperUser, "--pwfile", passwordFile, "--auth=scram-sha-256",
                "--encoding=UTF8", "--locale=C.UTF-8", "--no-instructions"), cancellationToken);
            Directory.Move(unfinished, Cluster);
        }
        finally
        {
            File.Delete(passwordFile);
        }
    }

    /// <summary>
    /// After a crash PostgreSQL refuses to start when the process id in its lock file has meanwhile gone to another
    /// process of the same user. Our own lock on the data folder says that no other instance runs.
    /// </summary>
    private void RemoveStaleLock()
    {
        var lockFile = Path.Combine(Cluster, "postmaster.pid");
        if (!File.Exists(lockFile))
        {
            return;
        }

        var processId = File.ReadLines(lockFile).FirstOrDefault() ?? "";
        var arguments = $"/proc/{processId}/cmdline";
        if (!File.Exists(arguments) || !File.ReadAllText(arguments).Contains(Cluster, StringComparison.Ordinal))
        {
            File.Delete(lockFile);
        }
    }
}
