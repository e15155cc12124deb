using System.Text.RegularExpressions;
using Repaint.Contracts;
using Repaint.Local.Topology;
using Repaint.Tests.Infrastructure;

namespace Repaint.Tests.Local;

/// <summary>
/// Two descriptions of one system: <c>Repaint.Local</c> and <c>Repaint.AppHost</c>, which is not built with the rest and whose
/// sources are read instead. Services cannot tell which of them started them.
/// </summary>
public sealed partial class TopologyTests : IDisposable
{
    // What Aspire itself gives to projects, or takes care of by references.
    private static readonly string[] GivenByAspire =
        ["ASPNETCORE_", "DOTNET_", "OTEL_", "Logging__", "ConnectionStrings__", "services__", "ASPIRE_"];

    // What only one of both sets, and why.
    private static readonly Dictionary<string, string> OnlyHere = new()
    {
        ["Authentication__Audience"] = "the services' default",
        ["Identity__Audience"] = "the service's default",
        ["Authentication__EventCreatorRole"] = "the service's default",
        ["LocalBus__KeyName"] = "the service's default",
        ["Identity__Accounts__0__PasswordHash"] = "the model hands over the password",
    };

    private static readonly Dictionary<string, string> OnlyInTheModel = new()
    {
        ["Identity__Accounts__0__Password"] = "here its hash",
        ["Gateway__Limits__TrustedProxies__0"] = "here no proxy is in front",
        ["LocalBus__Host"] = "containers listen beyond loopback",
        ["RateLimits__TrustedProxies__0"] = "here no proxy is in front",
        ["REPAINT_API"] = "the seed command",
        ["REPAINT_AUTHORITY"] = "the seed command",
        ["REPAINT_SECRET"] = "the seed command and the servers that are not ours",
    };

    private readonly TemporaryFolder _folder = new("topology");

    [Fact]
    public void Services_are_told_the_same_things_as_by_the_application_model()
    {
        var here = NewTopology().Resources.Where(resource => resource.Name != SystemTopology.Dashboard)
            .SelectMany(resource => resource.Command.Environment.Keys)
            .Where(name => !GivenByAspire.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal)))
            .ToHashSet();
        var model = VariableName().Matches(ModelSources()).Select(match => match.Groups[1].Value).ToHashSet();

        Assert.NotEmpty(model);
        Assert.Equal(OnlyHere.Keys.Order(), here.Except(model).Order());
        Assert.Equal(OnlyInTheModel.Keys.Order(), model.Except(here).Order());
    }

    [Fact]
    public void Every_resource_of_the_contract_is_in_both()
    {
        var here = NewTopology().Resources.Select(resource => resource.Name).ToHashSet();
        var model = ModelSources();
        foreach (var (constant, name) in typeof(ResourceNames).GetFields().Select(field => (field.Name, (string)field.GetValue(null)!)))
        {
            Assert.Matches($@"(?<![A-Za-z]){constant}(?![A-Za-z])", model);
            // Databases, a container and an endpoint are parts of others.
            Assert.True(here.Contains(name) || constant is nameof(ResourceNames.RepaintDatabase) or nameof(ResourceNames.GatewayDatabase)
                or nameof(ResourceNames.ImagesContainer) or nameof(ResourceNames.InternalEndpoint), constant);
        }

        Assert.True(File.ReadAllLines(Path.Combine(Repository.Root, "Repaint.AppHost", "AppHost.cs")).Length < 120);
    }

    [Fact]
    public void Internal_endpoints_are_called_at_the_port_that_Container_Apps_open()
    {
        var endpoints = InternalEndpoint().Matches(ModelSources()).Select(match => match.Value).ToList();

        Assert.Equal(2, endpoints.Count);
        // A port beside the target port is what others would call; Container Apps map the target port only.
        Assert.All(endpoints, endpoint => Assert.DoesNotMatch(@"\bport:", endpoint));
        Assert.All(endpoints, endpoint => Assert.Contains("targetPort: Port(8081)", endpoint, StringComparison.Ordinal));
    }

    public void Dispose() => _folder.Dispose();

    private SystemTopology NewTopology()
    {
        var data = new DataFolder(_folder.Path);
        data.Create();
        return new(data, new PublicAddresses(new PortMap(20_000), Lan: null), "/node_modules");
    }

    private static string ModelSources() => string.Concat(
        Directory.EnumerateFiles(Path.Combine(Repository.Root, "Repaint.AppHost"), "*.cs").Select(File.ReadAllText));

    [GeneratedRegex("""WithEnvironment\("(\w+)",""")]
    private static partial Regex VariableName();

    [GeneratedRegex(@"WithHttpEndpoint\(.*name: InternalEndpoint\)")]
    private static partial Regex InternalEndpoint();
}
