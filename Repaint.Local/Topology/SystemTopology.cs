using Microsoft.AspNetCore.Identity;
using Repaint.Contracts;
using Repaint.Local.Blobs;
using Repaint.Local.Postgres;
using Repaint.Local.Processes;
using static Repaint.Contracts.ResourceNames;
using Variables = System.Collections.Generic.Dictionary<string, string>;

namespace Repaint.Local.Topology;

/// <summary>
/// The whole system on one machine: the same resources, names and environment that the Aspire app model gives them.
/// </summary>
internal sealed class SystemTopology(DataFolder data, PublicAddresses addresses, string nodeModules)
{
    public const string Postgres = "postgres";
    public const string Dashboard = "dashboard";
    public const string Audience = "repaint-api";
    public const string ScriptClientId = "repaint-script";
    public const string EventCreatorRole = "event-creator";
    private const string MetricsPort = "Metrics__Port";
    private const string BusKeyName = "RootManageSharedAccessKey";

    private readonly PostgresServer _postgres = new(data.In("postgres"), addresses.Ports.Postgres);
    private readonly AzuriteServer _azurite = new(data.In("blobs"), addresses.Ports.Blobs, nodeModules);

    public static string SecretOf(string client) => $"{client}-secret";

    /// <summary>In starting order; stopped the other way round.</summary>
    public IReadOnlyList<Resource> Resources =>
    [
        new(Postgres, _postgres.Command, _postgres.IsReadyAsync) { Prepare = _postgres.PrepareAsync },

        new(ResourceNames.Blobs, _azurite.Command, _azurite.IsReadyAsync) { Prepare = _azurite.PrepareAsync },

        new(Dashboard, DashboardCommand, HttpHealth.Answers(PortMap.Url(Ports.Dashboard))) { Url = PortMap.Url(Ports.Dashboard) },

        Service(ResourceNames.Messaging, "Repaint.LocalBus", PortMap.Url(Ports.BusHealth), waitsFor: [Dashboard], new()
        {
            ["LocalBus__Port"] = $"{Ports.Bus}",
            [MetricsPort] = $"{Ports.BusHealth}",
            ["LocalBus__DataDirectory"] = data.Bus,
            ["LocalBus__KeyName"] = BusKeyName,
            ["LocalBus__Key"] = data.Secret("bus-key"),
        }),

        Job(Migrations, "Repaint.Migrations", waitsFor: [Dashboard, Postgres, ResourceNames.Blobs], new()
        {
            [ConnectionString(RepaintDatabase)] = Database(RepaintDatabase),
            [ConnectionString(GatewayDatabase)] = Database(GatewayDatabase),
            [ConnectionString(ResourceNames.Blobs)] = BlobStorage,
        }),

        PublicService(Identity, "Repaint.LocalIdentity", addresses.Identity, Ports.Identity, waitsFor: [Dashboard],
            IdentityVariables(data.StaffAccount())),

        PublicService(ImageGateway, "Repaint.ImageGateway", addresses.Gateway, Ports.Gateway, waitsFor: [Migrations, ResourceNames.Messaging], new()
        {
            ["ASPNETCORE_URLS"] = $"{addresses.Listen(Ports.Gateway)};{PortMap.Url(Ports.GatewayInternal)}",
            ["Gateway__InternalPort"] = $"{Ports.GatewayInternal}",
            [MetricsPort] = $"{Ports.GatewayInternal}",
            ["Gateway__Keys__0"] = GatewayKey,
            ["Gateway__AllowedOrigins__0"] = addresses.Api,
            [ConnectionString(GatewayDatabase)] = Database(GatewayDatabase),
            [ConnectionString(ResourceNames.Blobs)] = BlobStorage,
            [ConnectionString(ResourceNames.Messaging)] = BusConnection,
        }),

        Worker(ClusteringWorker, "Repaint.Clustering", Ports.ClusteringHealth),
        Worker(GenerationWorker, "Repaint.Generation", Ports.GenerationHealth),

        PublicService(Api, "Repaint.Api", addresses.Api, Ports.Api, waitsFor: [Migrations, ResourceNames.Messaging, Identity, ImageGateway], new()
        {
            ["ASPNETCORE_URLS"] = $"{addresses.Listen(Ports.Api)};{PortMap.Url(Ports.ApiMetrics)}",
            [MetricsPort] = $"{Ports.ApiMetrics}",
            ["PublicOrigin"] = addresses.Api,
            ["ServeReference"] = "true",
            // Of this machine alone, as the dashboard is: a link that phones cannot open is none.
            ["TraceUrl"] = addresses.Lan is null ? PortMap.Url(Ports.Dashboard) + "/traces/detail/{traceId}" : "",
            ["Gateway__PublicOrigin"] = addresses.Gateway,
            ["Gateway__Key"] = GatewayKey,
            [$"services__{ImageGateway}__{InternalEndpoint}__0"] = PortMap.Url(Ports.GatewayInternal),
            ["Authentication__Authority"] = Issuer,
            ["Authentication__Audience"] = Audience,
            ["Authentication__EventCreatorRole"] = EventCreatorRole,
            ["Authentication__RequireHttpsMetadata"] = addresses.Lan is null ? "false" : "true",
            [ConnectionString(RepaintDatabase)] = Database(RepaintDatabase),
            [ConnectionString(ResourceNames.Messaging)] = BusConnection,
        }),
    ];

    public string BlobStorage => _azurite.ConnectionString;

    public string Database(string name) => _postgres.ConnectionString(name);

    /// <summary>How to reach the bus of the system on this folder and these ports.</summary>
    public static string BusConnectionString(DataFolder data, PortMap ports) =>
        $"Endpoint=sb://127.0.0.1:{ports.Bus};SharedAccessKeyName={BusKeyName};SharedAccessKey={data.Secret("bus-key")};"
        + "UseDevelopmentEmulator=true";

    private PortMap Ports => addresses.Ports;

    private string Issuer => addresses.Identity + "/";

    private string GatewayKey => data.Secret("gateway-key");

    private string BusConnection => BusConnectionString(data, Ports);

    private ProcessCommand DashboardCommand => new(
        Path.Combine(nodeModules, "@microsoft", "aspire-cli-linux-x64", "bin", "aspire"),
        "dashboard", "run", "--non-interactive", "--nologo", "--allow-anonymous",
        "--frontend-url", PortMap.Url(Ports.Dashboard),
        "--otlp-grpc-url", PortMap.Url(Ports.OtlpGrpc),
        "--otlp-http-url", PortMap.Url(Ports.OtlpHttp))
    {
        Environment = new Variables { ["ASPIRE_CLI_TELEMETRY_OPTOUT"] = "1" },
    };

    private Variables IdentityVariables(StaffAccount staff) => new()
    {
        ["Identity__Issuer"] = Issuer,
        ["Identity__DataDirectory"] = data.In("identity"),
        ["Identity__Audience"] = Audience,
        ["Identity__ConsoleRedirectUris__0"] = $"{addresses.Api}/console/authentication/login-callback",
        ["Identity__ConsoleRedirectUris__1"] = $"{addresses.Api}/console/authentication/logout-callback",
        ["Identity__ScriptClientId"] = ScriptClientId,
        ["Identity__ScriptClientSecret"] = data.Secret(SecretOf(ScriptClientId)),
        ["Identity__ScriptAccount"] = staff.UserName,
        ["Identity__Accounts__0__UserName"] = staff.UserName,
        ["Identity__Accounts__0__Email"] = staff.Email,
        ["Identity__Accounts__0__PasswordHash"] = new PasswordHasher<StaffAccount>().HashPassword(staff, staff.Password),
        ["Identity__Accounts__0__Roles__0"] = EventCreatorRole,
    };

    private Resource PublicService(string name, string project, string url, int port, string[] waitsFor, Variables variables)
    {
        variables.TryAdd("ASPNETCORE_URLS", addresses.Listen(port));
        foreach (var (variable, value) in addresses.Certificate)
        {
            variables[variable] = value;
        }

        if (addresses.Lan?.AuthorityFile is { } authority)
        {
            // The API asks the identity service for its keys: over loopback, as this machine need not resolve its own name,
            // and trusting the authority that issued our certificates.
            variables["SSL_CERT_FILE"] = authority;
            variables["Authentication__MetadataAddress"] = $"https://127.0.0.1:{Ports.Identity}/.well-known/openid-configuration";
            variables["Identity__TrustCertificate"] = authority;
        }

        return Job(name, project, waitsFor, variables) with { IsHealthy = HttpHealth.Passes(url, addresses.Lan), Url = url };
    }

    private Resource Worker(string name, string project, int healthPort) =>
        Service(name, project, PortMap.Url(healthPort), waitsFor: [Migrations, ResourceNames.Messaging], new()
        {
            // OpenCV's own limit is far above what a worker's memory allows.
            ["OPENCV_IO_MAX_IMAGE_PIXELS"] = "50000000",
            [MetricsPort] = $"{healthPort}",
            [ConnectionString(ResourceNames.Blobs)] = BlobStorage,
            [ConnectionString(ResourceNames.Messaging)] = BusConnection,
        });

    private Resource Service(string name, string project, string url, string[] waitsFor, Variables variables)
    {
        variables.TryAdd("ASPNETCORE_URLS", url);
        return Job(name, project, waitsFor, variables) with { IsHealthy = HttpHealth.Passes(url), Url = url };
    }

    private Resource Job(string name, string project, string[] waitsFor, Variables variables)
    {
        variables["OTEL_SERVICE_NAME"] = name;
        variables["OTEL_EXPORTER_OTLP_ENDPOINT"] = PortMap.Url(Ports.OtlpGrpc);
        variables["OTEL_EXPORTER_OTLP_PROTOCOL"] = "grpc";
        // Somebody is watching: a span shows up after a second, not after five.
        variables["OTEL_BSP_SCHEDULE_DELAY"] = "1000";
        variables["Logging__Console__FormatterName"] = "simple";
        variables["Logging__Console__FormatterOptions__SingleLine"] = "true";
        variables["Logging__Console__FormatterOptions__TimestampFormat"] = "yyyy-MM-ddTHH:mm:ss.fffZ ";
        variables["Logging__Console__FormatterOptions__UseUtcTimestamp"] = "true";
        variables["DOTNET_ENVIRONMENT"] = variables["ASPNETCORE_ENVIRONMENT"] = "Production";
        return new Resource(name, ServiceBinaries.Start(project, variables), IsHealthy: null) { WaitsFor = waitsFor };
    }

    private static string ConnectionString(string name) => $"ConnectionStrings__{name}";
}
