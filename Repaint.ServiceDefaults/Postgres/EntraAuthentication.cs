using System.Buffers.Text;
using System.Text.Json;
using Azure.Core;
using Npgsql;

namespace Repaint.ServiceDefaults.Postgres;

/// <summary>
/// Azure Database for PostgreSQL with Entra: the password is an access token, and the user is who the token was issued to.
/// Aspire's connection string names neither.
/// </summary>
internal static class EntraAuthentication
{
    private static readonly TokenRequestContext Database = new(["https://ossrdbms-aad.database.windows.net/.default"]);

    // A managed identity's token for the database does not always name it; the one for management does.
    private static readonly TokenRequestContext Management = new(["https://management.azure.com/.default"]);

    // In the order in which a token is likelier to name the role in the database: a managed identity's resource id ends in
    // its name, a person's principal name is in one of the others.
    private static readonly string[] NameClaims = ["xms_mirid", "upn", "preferred_username", "unique_name"];

    /// <exception cref="InvalidOperationException">The connection string names no user, and no token does.</exception>
    public static void Use(NpgsqlDataSourceBuilder dataSource, TokenCredential credential)
    {
        if (string.IsNullOrEmpty(dataSource.ConnectionStringBuilder.Username))
        {
            dataSource.ConnectionStringBuilder.Username = UserName(credential.GetToken(Management, CancellationToken.None).Token)
                ?? UserName(credential.GetToken(Database, CancellationToken.None).Token)
                ?? throw new InvalidOperationException(
                    "The connection string names no user and the Entra token does not either: add Username=… to it.");
        }

        // The token would be sent to whoever pretends to be the server; only a test, without any TLS, says that it wants that.
        if (dataSource.ConnectionStringBuilder.SslMode is SslMode.Allow or SslMode.Prefer or SslMode.Require)
        {
            dataSource.ConnectionStringBuilder.SslMode = SslMode.VerifyFull;
        }

        dataSource.UsePasswordProvider(
            _ => credential.GetToken(Database, CancellationToken.None).Token,
            async (_, cancellation) => (await credential.GetTokenAsync(Database, cancellation)).Token);
    }

    /// <summary>The role that a token logs in as. Its signature is the database's business.</summary>
    internal static string? UserName(string token)
    {
        if (token.Split('.') is not [_, var payload, _] || !Base64Url.IsValid(payload))
        {
            return null;
        }

        try
        {
            using var claims = JsonDocument.Parse(Base64Url.DecodeFromChars(payload));
            return NameClaims
                .Select(name => claims.RootElement.TryGetProperty(name, out var claim) ? claim.GetString() : null)
                .OfType<string>()
                .Select(value => value[(value.LastIndexOf('/') + 1)..])
                .FirstOrDefault(name => name.Length > 0);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
