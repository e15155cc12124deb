using System.CommandLine;
using System.Runtime.InteropServices;
using Repaint.Local.Lan;
using Repaint.Local.Supervision;
using Repaint.Local.Topology;

namespace Repaint.Local.Verbs;

internal static class UpVerb
{
    public static Command Create()
    {
        var data = SystemOptions.Data();
        var ports = SystemOptions.Ports();
        var detach = new Option<bool>("--detach") { Description = "Return when everything is healthy, and leave it running" };
        var lan = new Option<string?>("--lan")
        {
            Description = "Serve phones on the local network: HTTPS under this name or address of this machine",
            HelpName = "HOST",
        };
        var certificate = new Option<FileInfo>("--cert")
        {
            Description = "PEM file with the certificate for --lan, its chain and its key; otherwise one is made",
            HelpName = "FILE",
        };
        certificate.AcceptExistingOnly();
        var address = new Option<string?>("--lan-address")
        {
            Description = "Address of this machine to listen on with --lan; default: all of them",
            HelpName = "ADDRESS",
        };
        var verb = new Command("up", "Start everything; Ctrl-C stops it") { data, ports, detach, lan, certificate, address };
        verb.Validators.Add(result =>
        {
            if (result.GetValue(lan) is null && (result.GetValue(certificate) is not null || result.GetValue(address) is not null))
            {
                result.AddError("--cert and --lan-address belong to --lan.");
            }
        });
        verb.SetAction((parsed, cancellation) =>
        {
            var folder = new DataFolder(parsed.GetValue(data)!);
            var map = new PortMap(parsed.GetValue(ports));
            var exposure = parsed.GetValue(lan) is { } host
                ? new LanOptions(host, parsed.GetValue(certificate)?.FullName, parsed.GetValue(address))
                : null;
            return parsed.GetValue(detach)
                ? DetachedSystem.StartAsync(folder, map, exposure, cancellation)
                : RunAsync(folder, map, exposure, cancellation);
        });
        return verb;
    }

    private static async Task<int> RunAsync(DataFolder data, PortMap ports, LanOptions? lan, CancellationToken cancellationToken)
    {
        // A closed terminal stops it as Ctrl-C does.
        using var closing = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, signal =>
        {
            signal.Cancel = true;
            closing.Cancel();
        });

        await using var system = await RunningSystem.StartAsync(data, ports, lan, Console.WriteLine, closing.Token);
        Console.WriteLine(Addresses(system.State));
        Console.WriteLine("Ctrl-C stops everything.");
        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, closing.Token);
        }
        catch (OperationCanceledException)
        {
            Console.WriteLine("Stopping…");
        }

        return 0;
    }

    /// <summary>Where everything is, for a person.</summary>
    public static string Addresses(SystemState state) => $"""

        Re:paint is running.
          Staff console             {new Uri(state.Urls.Api, "/console/")}
          Visitor app               {state.Urls.Api}
          API, with its reference   {state.Urls.ApiDocs}
          Traces, logs, metrics     {state.Urls.Dashboard}
          Staff account             {state.StaffAccountFile}
          Data, logs                {state.DataFolder}{Trust(state)}
        """;

    private static string Trust(SystemState state) => state.Lan?.Fingerprint is { } fingerprint
        ? $"""

              Phones learn to trust it  {new Uri(state.Urls.Identity, "/trust")}
              SHA-256 of its authority  {fingerprint}
            """
        : "";
}
