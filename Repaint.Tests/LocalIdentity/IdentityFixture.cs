using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.Logging;
using Repaint.LocalIdentity;
using Repaint.Tests.Infrastructure;

namespace Repaint.Tests.LocalIdentity;

/// <summary>The authority over real HTTP, with one account and one script client.</summary>
public sealed class IdentityFixture : IDisposable
{
    internal const string UserName = "hanako";
    internal const string Password = "correct horse battery staple";
    internal const string ScriptId = "repaint-script";
    internal const string ScriptSecret = "0123456789abcdef0123456789abcdef";
    internal static readonly Uri Callback = new("http://127.0.0.1:5080/console/authentication/login-callback");

    private readonly TemporaryFolder _folder = new("identity");
    private readonly WebApplicationFactory<LocalIdentityOptions> _factory;

    public IdentityFixture()
    {
        var port = FreePort.Next();
        Authority = new Uri($"http://127.0.0.1:{port}/");
        _factory = Start(port);
    }

    internal Uri Authority { get; private set; }

    internal string DataDirectory => Path.Combine(_folder.Path, "data");

    internal CodeFlow NewFlow() => new(Authority, "repaint-console", Callback);

    /// <summary>Another process on the same folder, as after a restart.</summary>
    internal WebApplicationFactory<LocalIdentityOptions> StartAgain(out Uri authority)
    {
        var port = FreePort.Next();
        authority = new Uri($"http://127.0.0.1:{port}/");
        return Start(port);
    }

    public void Dispose()
    {
        _factory.Dispose();
        _folder.Dispose();
    }

    private WebApplicationFactory<LocalIdentityOptions> Start(int port)
    {
        var factory = new Factory(Authority, DataDirectory);
        factory.UseKestrel(port);
        factory.StartServer();
        return factory;
    }

    private sealed class Factory(Uri issuer, string dataDirectory) : WebApplicationFactory<LocalIdentityOptions>
    {
        protected override void ConfigureWebHost(IWebHostBuilder builder)
        {
            var account = new Account { UserName = UserName };
            builder.ConfigureLogging(logging => logging.ClearProviders());
            builder.UseSetting("Identity:Issuer", issuer.AbsoluteUri);
            builder.UseSetting("Identity:DataDirectory", dataDirectory);
            builder.UseSetting("Identity:ConsoleRedirectUris:0", Callback.AbsoluteUri);
            builder.UseSetting("Identity:ScriptClientId", ScriptId);
            builder.UseSetting("Identity:ScriptClientSecret", ScriptSecret);
            builder.UseSetting("Identity:Accounts:0:UserName", UserName);
            builder.UseSetting("Identity:Accounts:0:Email", "hanako@example.org");
            builder.UseSetting("Identity:Accounts:0:PasswordHash", new PasswordHasher<Account>().HashPassword(account, Password));
            builder.UseSetting("Identity:Accounts:0:Roles:0", "event-creator");
        }
    }
}
