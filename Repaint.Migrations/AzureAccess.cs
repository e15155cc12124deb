using Npgsql;

namespace Repaint.Migrations;

/// <summary>
/// In Azure each service logs in as an identity of its own, and what these migrations made belongs to theirs. All of them are
/// members of the server's administrators, who are therefore allowed to use it. Elsewhere there is no such role.
/// </summary>
internal static class AzureAccess
{
    public const string Administrators = "azure_pg_admin";

    public static async Task GrantAsync(NpgsqlDataSource dataSource, CancellationToken cancellation)
    {
        await using var exists = dataSource.CreateCommand($"SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = '{Administrators}')");
        if (await exists.ExecuteScalarAsync(cancellation) is not true)
        {
            return;
        }

        await using var grant = dataSource.CreateCommand($"""
            GRANT USAGE ON SCHEMA public TO {Administrators};
            GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {Administrators};
            GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {Administrators};
            GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO {Administrators};
            """);
        await grant.ExecuteNonQueryAsync(cancellation);
    }
}
