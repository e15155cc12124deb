using Microsoft.Extensions.Options;
using OpenIddict.Abstractions;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace Repaint.LocalIdentity.Clients;

/// <summary>Registers the clients of the configuration; a changed secret or address takes effect at the next start.</summary>
internal sealed class ClientRegistration(IServiceScopeFactory scopes, IOptions<LocalIdentityOptions> options) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var applications = scope.ServiceProvider.GetRequiredService<IOpenIddictApplicationManager>();
        await RegisterAsync(applications, Console(options.Value), cancellationToken);
        if (options.Value is { ScriptClientId: { } id, ScriptClientSecret: { } secret })
        {
            await RegisterAsync(applications, Script(id, secret, options.Value.Audience), cancellationToken);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static async Task RegisterAsync(
        IOpenIddictApplicationManager applications, OpenIddictApplicationDescriptor client, CancellationToken cancellationToken)
    {
        if (await applications.FindByClientIdAsync(client.ClientId!, cancellationToken) is { } existing)
        {
            await applications.UpdateAsync(existing, client, cancellationToken);
        }
        else
        {
            await applications.CreateAsync(client, cancellationToken);
        }
    }

    private static OpenIddictApplicationDescriptor Console(LocalIdentityOptions options)
    {
        var client = new OpenIddictApplicationDescriptor
        {
            ClientId = options.ConsoleClientId,
            ClientType = ClientTypes.Public,
            ConsentType = ConsentTypes.Implicit,
            Permissions =
            {
                Permissions.Endpoints.Authorization,
                Permissions.Endpoints.Token,
                Permissions.Endpoints.EndSession,
                Permissions.GrantTypes.AuthorizationCode,
                Permissions.GrantTypes.RefreshToken,
                Permissions.ResponseTypes.Code,
                Permissions.Scopes.Profile,
                Permissions.Scopes.Email,
                Permissions.Scopes.Roles,
                Permissions.Prefixes.Scope + options.Audience,
            },
            Requirements = { Requirements.Features.ProofKeyForCodeExchange },
        };
        client.RedirectUris.UnionWith(options.ConsoleRedirectUris);
        client.PostLogoutRedirectUris.UnionWith(options.ConsoleRedirectUris);
        return client;
    }

    private static OpenIddictApplicationDescriptor Script(string id, string secret, string audience) => new()
    {
        ClientId = id,
        ClientSecret = secret,
        ClientType = ClientTypes.Confidential,
        Permissions =
        {
            Permissions.Endpoints.Token,
            Permissions.GrantTypes.ClientCredentials,
            Permissions.Prefixes.Scope + audience,
        },
    };
}
