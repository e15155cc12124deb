using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json;
using Repaint.Local;
using Repaint.Local.Demo;
using Repaint.Local.Processes;
using Repaint.Local.Supervision;
using Repaint.Local.Topology;
using Repaint.Tests.Browser;
using Repaint.Tests.Infrastructure;

namespace Repaint.Tests.EndToEnd;

/// <summary>Test classes that share one running system.</summary>
[CollectionDefinition(Name)]
public sealed class SystemCollection : ICollectionFixture<SystemFixture>, ICollectionFixture<BrowserFixture>
{
    public const string Name = "End to end";
}

/// <summary>The whole system, as <c>./repaint up</c> starts it, on free ports and in a temporary folder.</summary>
public sealed class SystemFixture : IAsyncLifetime
{
    private const string StaffName = "hanako-fujiwara";

    private readonly TemporaryFolder _folder = new("system");
    private readonly ConcurrentQueue<string> _report = new();
    private RunningSystem? _system;
    private StaffClient? _staff;
    private DemoEvent? _demo;

    internal RunningSystem Running => _system ?? throw new InvalidOperationException("Not started.");

    internal SystemState State => Running.State;

    /// <summary>Staff, as a script.</summary>
    internal StaffClient Staff => _staff ?? throw new InvalidOperationException("Not started.");

    internal DemoEvent Demo => _demo ?? throw new InvalidOperationException("Not started.");

    /// <summary>Everything that the services export comes by here.</summary>
    internal TelemetryCollector Telemetry { get; private set; } = null!;

    internal StaffAccount Account { get; private set; } = null!;

    internal static byte[] Photo(string name) => File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Photos", name));

    public async ValueTask InitializeAsync()
    {
        var data = new DataFolder(_folder.Path);
        data.Create();
        // Somebody with a name of their own, which a search through telemetry can find.
        await File.WriteAllTextAsync(data.StaffAccountFile, JsonSerializer.Serialize(
            new StaffAccount(StaffName, "hanako.fujiwara@festival.example", RandomNumberGenerator.GetHexString(24)), JsonSerializerOptions.Web));
        var ports = FreePort.NextMap();
        (Telemetry, var endpoint) = await TelemetryCollector.StartAsync(new Uri(PortMap.Url(ports.OtlpGrpc)));
        foreach (var signal in (string[])["TRACES", "LOGS", "METRICS"])
        {
            // Goes before the address that the topology gives to services, which get it from us.
            Environment.SetEnvironmentVariable($"OTEL_EXPORTER_OTLP_{signal}_ENDPOINT", endpoint);
        }

        try
        {
            _system = await RunningSystem.StartAsync(data, ports, lan: null, _report.Enqueue, CancellationToken.None);
        }
        catch
        {
            _folder.Dispose();
            throw;
        }

        Account = data.StaffAccount();
        _staff = StaffClient.For(State, data, TimeProvider.System);
        _demo = await DemoEvent.EnsureAsync(_staff, CancellationToken.None);
        Telemetry.Scan.Know("the staff account's name", StaffName);
        Telemetry.Scan.Know("the staff account's e-mail address", Account.Email);
        Telemetry.Scan.Know("the staff account's password", Account.Password);
        foreach (var spot in _demo.Spots)
        {
            Telemetry.Scan.Know("a spot's code", spot.Code);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _staff?.Dispose();
        if (_system is not null)
        {
            await _system.DisposeAsync();
            _folder.Dispose();
        }

        // Of the whole suite: what services say while they stop, too.
        await Telemetry.DisposeAsync();
        Assert.Empty(Telemetry.Scan.Findings);
    }

    /// <summary>Joins the demo event.</summary>
    internal async Task<TestVisitor> JoinAsync()
    {
        var visitor = new TestVisitor(State.Urls.Api);
        await visitor.JoinAsync(Demo.Event.Id);
        return visitor;
    }

    /// <summary>A client with a bearer token, for what the patient clients would hide.</summary>
    internal HttpClient NewClient(string? bearer = null)
    {
        var client = new HttpClient { BaseAddress = State.Urls.Api };
        client.DefaultRequestHeaders.Authorization = bearer is null ? null : new AuthenticationHeaderValue("Bearer", bearer);
        return client;
    }

    /// <summary>Kills a process as a crash would; the supervisor starts another.</summary>
    internal void Crash(string resource)
    {
        var processId = State.Resources.Single(status => status.Name == resource).ProcessId
            ?? throw new InvalidOperationException($"{resource} does not run.");
        Assert.True(Signals.Send(processId, Signal.Kill));
    }
}
