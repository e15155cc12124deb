using System;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

#nullable disable

namespace Repaint.Migrations.Api.Migrations
{
    /// <inheritdoc />
    public partial class Initial : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "erasures",
                columns: table => new
                {
                    kind = table.Column<string>(type: "character varying(16)", maxLength: 16, nullable: false),
                    target_id = table.Column<Guid>(type: "uuid", nullable: false),
                    trace_parent = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: true),
                    requested_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    pending = table.Column<bool>(type: "boolean", nullable: false),
                    leased_until = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_erasures", x => new { x.target_id, x.kind });
                });

            migrationBuilder.CreateTable(
                name: "events",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    name = table.Column<string>(type: "character varying(32)", maxLength: 32, nullable: false),
                    palette_count = table.Column<int>(type: "integer", nullable: false),
                    cooldown_seconds = table.Column<int>(type: "integer", nullable: false),
                    contact = table.Column<string>(type: "jsonb", nullable: true),
                    site = table.Column<string>(type: "character varying(2083)", maxLength: 2083, nullable: true),
                    retain_until = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    public_images = table.Column<bool>(type: "boolean", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_events", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "erased_images",
                columns: table => new
                {
                    image_id = table.Column<Guid>(type: "uuid", nullable: false),
                    event_id = table.Column<Guid>(type: "uuid", nullable: false),
                    changed_in = table.Column<ulong>(type: "xid8", nullable: false),
                    erased_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_erased_images", x => x.image_id);
                    table.ForeignKey(
                        name: "fk_erased_images_events_event_id",
                        column: x => x.event_id,
                        principalTable: "events",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "event_invitations",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    event_id = table.Column<Guid>(type: "uuid", nullable: false),
                    email = table.Column<string>(type: "character varying(254)", maxLength: 254, nullable: false),
                    role = table.Column<string>(type: "character varying(16)", maxLength: 16, nullable: false),
                    token_hash = table.Column<byte[]>(type: "bytea", maxLength: 32, nullable: false),
                    invited_by = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    expires_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    accepted_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_event_invitations", x => x.id);
                    table.ForeignKey(
                        name: "fk_event_invitations_events_event_id",
                        column: x => x.event_id,
                        principalTable: "events",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "event_members",
                columns: table => new
                {
                    event_id = table.Column<Guid>(type: "uuid", nullable: false),
                    subject = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: false),
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    role = table.Column<string>(type: "character varying(16)", maxLength: 16, nullable: false),
                    email = table.Column<string>(type: "character varying(254)", maxLength: 254, nullable: true),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_event_members", x => new { x.event_id, x.subject });
                    table.ForeignKey(
                        name: "fk_event_members_events_event_id",
                        column: x => x.event_id,
                        principalTable: "events",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "event_palettes",
                columns: table => new
                {
                    event_id = table.Column<Guid>(type: "uuid", nullable: false),
                    counts = table.Column<int[]>(type: "integer[]", nullable: false),
                    last_granted = table.Column<int>(type: "integer", nullable: true),
                    frozen = table.Column<bool>(type: "boolean", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_event_palettes", x => x.event_id);
                    table.ForeignKey(
                        name: "fk_event_palettes_events_event_id",
                        column: x => x.event_id,
                        principalTable: "events",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                })
                .Annotation("Npgsql:StorageParameter:fillfactor", 50);

            migrationBuilder.CreateTable(
                name: "photo_accesses",
                columns: table => new
                {
                    id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityAlwaysColumn),
                    event_id = table.Column<Guid>(type: "uuid", nullable: false),
                    subject = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: false),
                    image_id = table.Column<Guid>(type: "uuid", nullable: false),
                    visitor_id = table.Column<Guid>(type: "uuid", nullable: false),
                    rendition = table.Column<string>(type: "character varying(16)", maxLength: 16, nullable: false),
                    at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_photo_accesses", x => x.id);
                    table.ForeignKey(
                        name: "fk_photo_accesses_events_event_id",
                        column: x => x.event_id,
                        principalTable: "events",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "spot_keys",
                columns: table => new
                {
                    event_id = table.Column<Guid>(type: "uuid", nullable: false),
                    key_no = table.Column<int>(type: "integer", nullable: false),
                    secret = table.Column<byte[]>(type: "bytea", maxLength: 32, nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    retires_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_spot_keys", x => new { x.event_id, x.key_no });
                    table.ForeignKey(
                        name: "fk_spot_keys_events_event_id",
                        column: x => x.event_id,
                        principalTable: "events",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "spots",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    event_id = table.Column<Guid>(type: "uuid", nullable: false),
                    name = table.Column<string>(type: "character varying(32)", maxLength: 32, nullable: false),
                    rotation_seconds = table.Column<int>(type: "integer", nullable: true),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_spots", x => x.id);
                    table.ForeignKey(
                        name: "fk_spots_events_event_id",
                        column: x => x.event_id,
                        principalTable: "events",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "images",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    event_id = table.Column<Guid>(type: "uuid", nullable: false),
                    visitor_id = table.Column<Guid>(type: "uuid", nullable: true),
                    version = table.Column<long>(type: "bigint", nullable: false),
                    revision = table.Column<int>(type: "integer", nullable: false),
                    serving_revision = table.Column<int>(type: "integer", nullable: true),
                    state = table.Column<string>(type: "character varying(16)", maxLength: 16, nullable: false),
                    attempt = table.Column<int>(type: "integer", nullable: false),
                    reason = table.Column<string>(type: "character varying(32)", maxLength: 32, nullable: true),
                    trace_id = table.Column<string>(type: "character varying(32)", maxLength: 32, nullable: true),
                    span_id = table.Column<string>(type: "character varying(16)", maxLength: 16, nullable: true),
                    palettes = table.Column<string>(type: "jsonb", nullable: true),
                    sha256 = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: true),
                    sent_by = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: true),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    updated_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    sent_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    painted_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    changed_in = table.Column<ulong>(type: "xid8", nullable: false, defaultValueSql: "pg_current_xact_id()")
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_images", x => x.id);
                    table.ForeignKey(
                        name: "fk_images_events_event_id",
                        column: x => x.event_id,
                        principalTable: "events",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "visitors",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    event_id = table.Column<Guid>(type: "uuid", nullable: false),
                    token_hash = table.Column<byte[]>(type: "bytea", maxLength: 32, nullable: false),
                    recovery_hash = table.Column<byte[]>(type: "bytea", maxLength: 32, nullable: false),
                    palettes = table.Column<int>(type: "integer", nullable: false),
                    selected_image_id = table.Column<Guid>(type: "uuid", nullable: true),
                    photo_image_id = table.Column<Guid>(type: "uuid", nullable: false),
                    photographed_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    version = table.Column<long>(type: "bigint", nullable: false),
                    updated_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    last_pick_spot_id = table.Column<Guid>(type: "uuid", nullable: true),
                    last_pick_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_visitors", x => x.id);
                    table.ForeignKey(
                        name: "fk_visitors_events_event_id",
                        column: x => x.event_id,
                        principalTable: "events",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                    table.ForeignKey(
                        name: "fk_visitors_images_selected_image_id",
                        column: x => x.selected_image_id,
                        principalTable: "images",
                        principalColumn: "id",
                        onDelete: ReferentialAction.SetNull);
                });

            migrationBuilder.CreateTable(
                name: "picks",
                columns: table => new
                {
                    visitor_id = table.Column<Guid>(type: "uuid", nullable: false),
                    pick_id = table.Column<Guid>(type: "uuid", nullable: false),
                    spot_id = table.Column<Guid>(type: "uuid", nullable: false),
                    palette_id = table.Column<int>(type: "integer", nullable: false),
                    held = table.Column<int>(type: "integer", nullable: false),
                    total = table.Column<int>(type: "integer", nullable: false),
                    at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    cooldown_ends_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    image_id = table.Column<Guid>(type: "uuid", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_picks", x => new { x.visitor_id, x.pick_id });
                    table.ForeignKey(
                        name: "fk_picks_visitors_visitor_id",
                        column: x => x.visitor_id,
                        principalTable: "visitors",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "requested_renderings",
                columns: table => new
                {
                    visitor_id = table.Column<Guid>(type: "uuid", nullable: false),
                    image_id = table.Column<Guid>(type: "uuid", nullable: false),
                    request_no = table.Column<long>(type: "bigint", nullable: false),
                    palettes = table.Column<int>(type: "integer", nullable: false),
                    trace_parent = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: true),
                    requested_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    pending = table.Column<bool>(type: "boolean", nullable: false),
                    leased_until = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    answered_no = table.Column<long>(type: "bigint", nullable: false),
                    failed = table.Column<bool>(type: "boolean", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_requested_renderings", x => new { x.visitor_id, x.image_id });
                    table.ForeignKey(
                        name: "fk_requested_renderings_images_image_id",
                        column: x => x.image_id,
                        principalTable: "images",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                    table.ForeignKey(
                        name: "fk_requested_renderings_visitors_visitor_id",
                        column: x => x.visitor_id,
                        principalTable: "visitors",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "ix_erased_images_erased_at",
                table: "erased_images",
                column: "erased_at");

            migrationBuilder.CreateIndex(
                name: "ix_erased_images_event_id_changed_in",
                table: "erased_images",
                columns: new[] { "event_id", "changed_in" });

            migrationBuilder.CreateIndex(
                name: "ix_erasures_requested_at",
                table: "erasures",
                column: "requested_at",
                filter: "pending");

            migrationBuilder.CreateIndex(
                name: "ix_event_invitations_event_id_created_at",
                table: "event_invitations",
                columns: new[] { "event_id", "created_at" });

            migrationBuilder.CreateIndex(
                name: "ix_event_invitations_expires_at",
                table: "event_invitations",
                column: "expires_at");

            migrationBuilder.CreateIndex(
                name: "ix_event_invitations_token_hash",
                table: "event_invitations",
                column: "token_hash",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_event_members_id",
                table: "event_members",
                column: "id",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_event_members_subject",
                table: "event_members",
                column: "subject");

            migrationBuilder.CreateIndex(
                name: "ix_events_retain_until",
                table: "events",
                column: "retain_until",
                filter: "retain_until IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_images_default",
                table: "images",
                columns: new[] { "event_id", "created_at" },
                filter: "visitor_id IS NULL");

            migrationBuilder.CreateIndex(
                name: "ix_images_event_id_changed_in",
                table: "images",
                columns: new[] { "event_id", "changed_in" });

            migrationBuilder.CreateIndex(
                name: "ix_images_event_id_created_at_id",
                table: "images",
                columns: new[] { "event_id", "created_at", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_images_event_id_sent_by_created_at_id",
                table: "images",
                columns: new[] { "event_id", "sent_by", "created_at", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_images_event_id_sha256",
                table: "images",
                columns: new[] { "event_id", "sha256" },
                unique: true,
                filter: "visitor_id IS NULL AND sha256 IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_images_event_id_state_created_at_id",
                table: "images",
                columns: new[] { "event_id", "state", "created_at", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_images_trace_id",
                table: "images",
                column: "trace_id");

            migrationBuilder.CreateIndex(
                name: "ix_images_visitor_id",
                table: "images",
                column: "visitor_id",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_photo_accesses_event_id_id",
                table: "photo_accesses",
                columns: new[] { "event_id", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_photo_accesses_event_id_subject_id",
                table: "photo_accesses",
                columns: new[] { "event_id", "subject", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_photo_accesses_visitor_id_id",
                table: "photo_accesses",
                columns: new[] { "visitor_id", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_picks_spot_id_at",
                table: "picks",
                columns: new[] { "spot_id", "at" });

            migrationBuilder.CreateIndex(
                name: "ix_requested_renderings_image_id",
                table: "requested_renderings",
                column: "image_id");

            migrationBuilder.CreateIndex(
                name: "ix_requested_renderings_requested_at",
                table: "requested_renderings",
                column: "requested_at",
                filter: "pending");

            migrationBuilder.CreateIndex(
                name: "ix_requested_renderings_waiting",
                table: "requested_renderings",
                columns: new[] { "visitor_id", "image_id", "requested_at" },
                filter: "answered_no < request_no");

            migrationBuilder.CreateIndex(
                name: "ix_spot_keys_current",
                table: "spot_keys",
                column: "event_id",
                unique: true,
                filter: "retires_at IS NULL");

            migrationBuilder.CreateIndex(
                name: "ix_spots_event_id_created_at",
                table: "spots",
                columns: new[] { "event_id", "created_at" });

            migrationBuilder.CreateIndex(
                name: "ix_visitors_event_id",
                table: "visitors",
                column: "event_id");

            migrationBuilder.CreateIndex(
                name: "ix_visitors_photo_image_id",
                table: "visitors",
                column: "photo_image_id",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_visitors_recovery_hash",
                table: "visitors",
                column: "recovery_hash",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_visitors_selected_image_id",
                table: "visitors",
                column: "selected_image_id");

            migrationBuilder.CreateIndex(
                name: "ix_visitors_token_hash",
                table: "visitors",
                column: "token_hash",
                unique: true);

            migrationBuilder.AddForeignKey(
                name: "fk_images_visitors_visitor_id",
                table: "images",
                column: "visitor_id",
                principalTable: "visitors",
                principalColumn: "id",
                onDelete: ReferentialAction.Cascade);

            migrationBuilder.NotifyOnVisitors();
            migrationBuilder.NotifyOnImages();
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropForeignKey(
                name: "fk_images_events_event_id",
                table: "images");

            migrationBuilder.DropForeignKey(
                name: "fk_visitors_events_event_id",
                table: "visitors");

            migrationBuilder.DropForeignKey(
                name: "fk_images_visitors_visitor_id",
                table: "images");

            migrationBuilder.DropTable(
                name: "erased_images");

            migrationBuilder.DropTable(
                name: "erasures");

            migrationBuilder.DropTable(
                name: "event_invitations");

            migrationBuilder.DropTable(
                name: "event_members");

            migrationBuilder.DropTable(
                name: "event_palettes");

            migrationBuilder.DropTable(
                name: "photo_accesses");

            migrationBuilder.DropTable(
                name: "picks");

            migrationBuilder.DropTable(
                name: "requested_renderings");

            migrationBuilder.DropTable(
                name: "spot_keys");

            migrationBuilder.DropTable(
                name: "spots");

            migrationBuilder.DropTable(
                name: "events");

            migrationBuilder.DropTable(
                name: "visitors");

            migrationBuilder.DropTable(
                name: "images");

            migrationBuilder.Sql("DROP FUNCTION notify_visitors, mark_image, notify_images, remember_erased_images");
        }
    }
}
