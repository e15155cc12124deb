using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Migrations.Operations;
using Microsoft.EntityFrameworkCore.Migrations.Operations.Builders;

namespace Repaint.Migrations.Api;

internal static class VisitorNotifications
{
    /// <summary>
    /// In a migration, after the table: triggers that tell every API instance which visitors changed or went, on commit.
    /// A notification holds less than 8,000 bytes: 200 ids of 36 characters with their commas fit.
    /// </summary>
    public static OperationBuilder<SqlOperation> NotifyOnVisitors(this MigrationBuilder migration) => migration.Sql("""
        CREATE FUNCTION notify_visitors() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            PERFORM pg_notify('visitor_updates', string_agg(id::text, ','))
            FROM (SELECT id, (row_number() OVER () - 1) / 200 AS part FROM changed) AS parts GROUP BY part;
            RETURN NULL;
        END $$;
        CREATE TRIGGER visitors_notify_update AFTER UPDATE ON visitors
            REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION notify_visitors();
        CREATE TRIGGER visitors_notify_delete AFTER DELETE ON visitors
            REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION notify_visitors();
        """);
}
