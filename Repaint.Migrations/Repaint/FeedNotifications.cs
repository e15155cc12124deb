using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Migrations.Operations;
using Microsoft.EntityFrameworkCore.Migrations.Operations.Builders;

namespace Repaint.Migrations.Api;

internal static class FeedNotifications
{
    /// <summary>
    /// In a migration, after the tables: triggers that mark each image with the transaction that changed it, remember
    /// those erased (unless with their whole event), and tell every API instance which events' images changed.
    /// </summary>
    public static OperationBuilder<SqlOperation> NotifyOnImages(this MigrationBuilder migration) => migration.Sql("""
        CREATE FUNCTION mark_image() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            NEW.changed_in = pg_current_xact_id();
            RETURN NEW;
        END $$;
        CREATE TRIGGER images_mark BEFORE INSERT OR UPDATE ON images FOR EACH ROW EXECUTE FUNCTION mark_image();

        CREATE FUNCTION notify_images() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            PERFORM pg_notify('image_feed', event_id::text) FROM (SELECT DISTINCT event_id FROM changed) AS events;
            RETURN NULL;
        END $$;
        CREATE TRIGGER images_notify_insert AFTER INSERT ON images
            REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION notify_images();
        CREATE TRIGGER images_notify_update AFTER UPDATE ON images
            REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION notify_images();

        CREATE FUNCTION remember_erased_images() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            INSERT INTO erased_images (image_id, event_id, changed_in, erased_at)
            SELECT changed.id, changed.event_id, pg_current_xact_id(), now() FROM changed
            WHERE EXISTS (SELECT 1 FROM events WHERE events.id = changed.event_id)
            ON CONFLICT (image_id) DO NOTHING;
            PERFORM pg_notify('image_feed', event_id::text) FROM (SELECT DISTINCT event_id FROM changed) AS events;
            RETURN NULL;
        END $$;
        CREATE TRIGGER images_remember_erased AFTER DELETE ON images
            REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION remember_erased_images();
        """);
}
