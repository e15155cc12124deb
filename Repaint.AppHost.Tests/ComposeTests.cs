using System.Text.RegularExpressions;
using Aspire.Hosting.Testing;

namespace Repaint.AppHost.Tests;

/// <summary>The files for Docker Compose, as <c>aspire publish</c> writes them.</summary>
public sealed partial class ComposeTests : IAsyncLifetime
{
    private readonly DirectoryInfo _output = Directory.CreateTempSubdirectory("repaint-compose-");
    private string _file = "";

    public async ValueTask InitializeAsync()
    {
        var model = await DistributedApplicationTestingBuilder.CreateAsync<Projects.Repaint_AppHost>(
            ["--operation", "publish", "--step", "publish", "--output-path", _output.FullName, "--Publish=compose"]);
        await using var app = await model.BuildAsync();
        await app.RunAsync().WaitAsync(NativeSystem.Patience);
        _file = await File.ReadAllTextAsync(Path.Combine(_output.FullName, "docker-compose.yaml"));
    }

    [Fact]
    public void Nothing_listens_beyond_loopback()
    {
        var ports = Ports().Matches(_file).SelectMany(match => match.Groups[1].Captures).Select(port => port.Value).ToList();

        Assert.Equal(["127.0.0.1:5080:8080", "127.0.0.1:5081:8080", "127.0.0.1:5084:18888"], ports.Order());
    }

    [Fact]
    public void The_api_calls_the_gateway_where_it_listens_for_it()
    {
        Assert.Contains("services__image-gateway__internal__0: \"http://image-gateway:8081\"", _file, StringComparison.Ordinal);
        Assert.Contains("Gateway__InternalPort: \"8081\"", _file, StringComparison.Ordinal);
    }

    [Fact]
    public void The_proxy_on_the_server_is_believed_about_who_asks()
    {
        Assert.Contains("RateLimits__TrustedProxies__0: \"172.16.0.0/12\"", _file, StringComparison.Ordinal);
        Assert.Contains("Gateway__Limits__TrustedProxies__0: \"172.16.0.0/12\"", _file, StringComparison.Ordinal);
    }

    [Fact]
    public void Our_own_containers_may_not_do_more_than_they_need()
    {
        const int Ours = 6; // bus, migrations, API, gateway, two workers
        foreach (var line in (string[])["read_only: true\n    security_opt", "cap_drop:\n      - \"ALL\"", "no-new-privileges:true"])
        {
            Assert.Equal(Ours, Regex.Count(_file, Regex.Escape(line)));
        }
    }

    [Fact]
    public void No_secret_is_written_into_the_files()
    {
        var settings = File.ReadAllLines(Path.Combine(_output.FullName, ".env"));

        Assert.All((string[])["POSTGRES_PASSWORD=", "BUS_KEY=", "GATEWAY_KEY=", "BLOB_ACCOUNT_KEY="], name => Assert.Contains(name, settings));
    }

    public ValueTask DisposeAsync()
    {
        _output.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }

    [GeneratedRegex(@"    ports:\n(?:      - ""([^""]+)""\n)+")]
    private static partial Regex Ports();
}
