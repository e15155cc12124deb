using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using OpenIddict.Abstractions;
using Repaint.LocalIdentity.Clients;
using Repaint.LocalIdentity.Connect;
using Repaint.LocalIdentity.Keys;
using Repaint.LocalIdentity.SignIn;
using Repaint.LocalIdentity.Storage;

namespace Repaint.LocalIdentity;

internal static class IdentityExtensions
{
    private const string CookieName = "repaint-identity";

    public static void AddLocalIdentity(this IHostApplicationBuilder builder)
    {
        var services = builder.Services;
        var section = builder.Configuration.GetSection(LocalIdentityOptions.Section);
        services.AddSingleton<IValidateOptions<LocalIdentityOptions>, LocalIdentityOptionsValidator>();
        services.AddOptions<LocalIdentityOptions>().Bind(section).ValidateOnStart();
        var options = section.Get<LocalIdentityOptions>() ?? new LocalIdentityOptions();
        var folder = Directory.CreateDirectory(
            Path.GetFullPath(options.DataDirectory is { Length: > 0 } path
                ? path
                : throw new InvalidOperationException("Identity:DataDirectory is not set.")),
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

        services.AddDbContext<IdentityDbContext>(context => context
            .UseSqlite($"Data Source={Path.Combine(folder.FullName, "identity.db")}")
            .UseOpenIddict());
        services.AddDataProtection()
            .SetApplicationName("Repaint.LocalIdentity")
            .PersistKeysToFileSystem(folder.CreateSubdirectory("data-protection"));
        services.AddHostedService<StorageMaintenance>();
        services.AddHostedService<ClientRegistration>();
        services.AddSingleton<AccountDirectory>();
        services.AddSingleton<SignInThrottle>();
        services.AddSingleton<TokenPrincipals>();
        services.AddRazorPages(pages => pages.RootDirectory = "/SignIn");
        services.AddCors(cors => cors.AddDefaultPolicy(policy => policy
            .WithOrigins([.. options.ConsoleOrigins]).WithMethods("GET", "POST").AllowAnyHeader()));
        services.AddAuthorization();
        services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme).AddCookie(cookie =>
        {
            cookie.Cookie.Name = CookieName;
            cookie.LoginPath = SignInEndpoints.Path;
            cookie.ReturnUrlParameter = nameof(SignInPage.ReturnUrl);
            cookie.ExpireTimeSpan = options.SessionLifetime;
        });
        services.AddOpenIddict()
            .AddCore(core => core.UseEntityFrameworkCore().UseDbContext<IdentityDbContext>())
            .AddServer(server => ConfigureServer(server, options, folder.FullName));
    }

    private static void ConfigureServer(OpenIddictServerBuilder server, LocalIdentityOptions options, string folder)
    {
        server.SetIssuer(options.Issuer ?? throw new InvalidOperationException("Identity:Issuer is not set."))
            .SetAuthorizationEndpointUris("connect/authorize")
            .SetTokenEndpointUris("connect/token")
            .SetUserInfoEndpointUris("connect/userinfo")
            .SetEndSessionEndpointUris("connect/logout")
            .AllowAuthorizationCodeFlow().RequireProofKeyForCodeExchange()
            .AllowRefreshTokenFlow()
            .AllowClientCredentialsFlow()
            .SetAccessTokenLifetime(options.AccessTokenLifetime)
            .SetRefreshTokenLifetime(options.SessionLifetime)
            .RegisterScopes(
                OpenIddictConstants.Scopes.Profile, OpenIddictConstants.Scopes.Email, OpenIddictConstants.Scopes.Roles, options.Audience)
            .RegisterAudiences(options.Audience)
            // The API reads the access tokens; OpenIddict would encrypt them for a resource server of its own.
            .DisableAccessTokenEncryption()
            // "plain" would show the verifier to whoever sees the request, and OpenIddict takes it for the default.
            .Configure(server => server.CodeChallengeMethods.Remove(OpenIddictConstants.CodeChallengeMethods.Plain))
            .AddSigningKey(PemKey.LoadOrCreate(Path.Combine(folder, "signing.pem")))
            .AddEncryptionKey(PemKey.LoadOrCreate(Path.Combine(folder, "encryption.pem")));

        var endpoints = server.UseAspNetCore()
            .EnableAuthorizationEndpointPassthrough()
            .EnableTokenEndpointPassthrough()
            .EnableEndSessionEndpointPassthrough();
        if (options.Issuer.Scheme == Uri.UriSchemeHttp && options.Issuer.IsLoopback)
        {
            endpoints.DisableTransportSecurityRequirement();
        }
    }
}
