using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Azure.Core;
using Npgsql;
using Repaint.ServiceDefaults.Postgres;
using Repaint.Tests.Infrastructure;

namespace Repaint.Tests.ServiceDefaults;

public sealed class EntraAuthenticationTests(PostgresFixture postgres)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("xms_mirid", "/subscriptions/s/resourcegroups/g/providers/Microsoft.ManagedIdentity/userAssignedIdentities/api-identity", "api-identity")]
    [InlineData("upn", "ada@example.org", "ada@example.org")]
    [InlineData("unique_name", "ada@example.org", "ada@example.org")]
    [InlineData("sub", "whoever", null)]
    public void The_user_is_who_the_token_was_issued_to(string claim, string value, string? expected) =>
        Assert.Equal(expected, EntraAuthentication.UserName(Token(claim, value)));

    [Theory]
    [InlineData("")]
    [InlineData("a.b")]
    [InlineData("a.%%%.c")]
    [InlineData("a.bm8.c")]
    public void What_is_no_token_names_nobody(string token) => Assert.Null(EntraAuthentication.UserName(token));

    [Fact]
    public async Task A_connection_without_user_and_password_logs_in_with_a_token()
    {
        var known = new NpgsqlConnectionStringBuilder(await postgres.CreateDatabaseAsync());
        var credential = new FakeCredential(
            management: Token("xms_mirid", "/userAssignedIdentities/" + known.Username), database: known.Password!);
        var bare = new NpgsqlConnectionStringBuilder(known.ConnectionString) { Username = null, Password = null, SslMode = SslMode.Disable };

        await using var dataSource = PostgresExtensions.CreateDataSource(bare.ConnectionString, credential);
        await using var command = dataSource.CreateCommand("SELECT current_user");

        Assert.Equal(known.Username, await command.ExecuteScalarAsync(Cancellation));
        Assert.Contains("https://ossrdbms-aad.database.windows.net/.default", credential.Scopes);
    }

    [Fact]
    public async Task A_connection_with_a_password_asks_for_no_token()
    {
        var credential = new FakeCredential("", "");
        await using var dataSource = PostgresExtensions.CreateDataSource(await postgres.CreateDatabaseAsync(), credential);
        await using var command = dataSource.CreateCommand("SELECT 1");

        Assert.Equal(1, await command.ExecuteScalarAsync(Cancellation));
        Assert.Empty(credential.Scopes);
    }

    [Theory]
    [InlineData(SslMode.Allow)]
    [InlineData(SslMode.Prefer)]
    [InlineData(SslMode.Require)]
    public async Task A_token_is_sent_only_to_a_server_that_proves_who_it_is(SslMode asked)
    {
        var known = new NpgsqlConnectionStringBuilder(await postgres.CreateDatabaseAsync());
        var credential = new FakeCredential(management: Token("upn", known.Username!), database: known.Password!);
        var bare = new NpgsqlConnectionStringBuilder(known.ConnectionString) { Password = null, SslMode = asked };

        await using var dataSource = PostgresExtensions.CreateDataSource(bare.ConnectionString, credential);

        // This one has no certificate.
        Assert.Contains("SSL", (await Assert.ThrowsAsync<NpgsqlException>(
            async () => await dataSource.OpenConnectionAsync(Cancellation))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_token_that_names_nobody_is_told_in_words() => Assert.Contains(
        "Username", Assert.Throws<InvalidOperationException>(
            () => PostgresExtensions.CreateDataSource("Host=127.0.0.1", new FakeCredential("", ""))).Message, StringComparison.Ordinal);

    private static string Token(string claim, string value) => "e30." + Base64Url.EncodeToString(
        JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, string> { [claim] = value })) + "."
        + Base64Url.EncodeToString(Encoding.ASCII.GetBytes("signature"));

    private sealed class FakeCredential(string management, string database) : TokenCredential
    {
        public ConcurrentQueue<string> Scopes { get; } = new();

        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken)
        {
            Scopes.Enqueue(requestContext.Scopes[0]);
            var token = requestContext.Scopes[0].StartsWith("https://management", StringComparison.Ordinal) ? management : database;
            return new AccessToken(token, DateTimeOffset.MaxValue);
        }

        public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
            new(GetToken(requestContext, cancellationToken));
    }
}
