using System.CommandLine;
using Repaint.Local.Blobs;
using Repaint.Local.Postgres;
using Repaint.Local.Processes;

namespace Repaint.Local.Verbs;

/// <summary>
/// <c>serve postgres|blobs</c>: one of the servers that are not ours, in the foreground, for an orchestrator that starts
/// processes (<c>Repaint.AppHost</c> with <c>Infra=native</c>). The password or account key comes in <c>REPAINT_SECRET</c>.
/// </summary>
internal static class ServeVerb
{
    public const string SecretVariable = "REPAINT_SECRET";

    public static Command Create()
    {
        var server = new Argument<string>("SERVER") { Description = "postgres or blobs" };
        server.AcceptOnlyFromAmong("postgres", "blobs");
        var data = SystemOptions.Data();
        var port = new Option<int>("--port") { Description = "Port on 127.0.0.1", HelpName = "PORT", Required = true };
        var verb = new Command("serve", "Run one server in the foreground") { server, data, port };
        verb.Hidden = true;
        verb.SetAction((parsed, cancellation) => RunAsync(
            parsed.GetValue(server)!, Path.GetFullPath(parsed.GetValue(data)!), parsed.GetValue(port), cancellation));
        return verb;
    }

    private static async Task<int> RunAsync(string server, string data, int port, CancellationToken cancellationToken)
    {
        var folder = Path.Combine(data, server);
        // Entering must be allowed: PostgreSQL's part may belong to another user.
        Directory.CreateDirectory(folder);
        if (Environment.GetEnvironmentVariable(SecretVariable) is { Length: > 0 } secret)
        {
            Remember(server == "postgres" ? PostgresServer.PasswordFile(folder) : AzuriteServer.KeyFile(folder), secret);
        }

        var command = server == "postgres"
            ? await PostgresAsync(new PostgresServer(folder, port), cancellationToken)
            : await AzuriteAsync(new AzuriteServer(
                folder, port, await NpmPackages.InstallAsync(Console.WriteLine, cancellationToken)), cancellationToken);
        await using var process = await ChildProcess.StartAsync(command with { LogFile = "/dev/stdout" });
        try
        {
            return await process.Exited.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            return 0;
        }
    }

    private static void Remember(string file, string secret)
    {
        if (SecretFile.GetOrCreate(file, () => secret) != secret)
        {
            throw new LocalException($"{file} holds another secret than {SecretVariable}: it was made with that one.");
        }
    }

    private static async Task<ProcessCommand> PostgresAsync(PostgresServer server, CancellationToken cancellationToken)
    {
        await server.PrepareAsync(cancellationToken);
        return server.Command;
    }

    private static async Task<ProcessCommand> AzuriteAsync(AzuriteServer server, CancellationToken cancellationToken)
    {
        await server.PrepareAsync(cancellationToken);
        return server.Command;
    }
}
