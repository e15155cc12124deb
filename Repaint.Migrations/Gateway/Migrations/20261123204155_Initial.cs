using System;
using Microsoft.EntityFrameworkCore.Migrations;
using Repaint.Messaging.Outbox;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

#nullable disable

namespace Repaint.Migrations.Gateway.Migrations
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
                    subject_id = table.Column<Guid>(type: "uuid", nullable: false),
                    revision = table.Column<int>(type: "integer", nullable: false),
                    prefix = table.Column<string>(type: "character varying(128)", maxLength: 128, nullable: true),
                    runs = table.Column<int>(type: "integer", nullable: false),
                    next_run_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    until = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_erasures", x => new { x.subject_id, x.kind, x.revision });
                });

            migrationBuilder.CreateTable(
                name: "images",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    event_id = table.Column<Guid>(type: "uuid", nullable: false),
                    visitor_id = table.Column<Guid>(type: "uuid", nullable: true),
                    version = table.Column<long>(type: "bigint", nullable: false),
                    last_revision = table.Column<int>(type: "integer", nullable: false),
                    serving_revision = table.Column<int>(type: "integer", nullable: true),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_images", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "one_time_urls",
                columns: table => new
                {
                    token_hash = table.Column<byte[]>(type: "bytea", maxLength: 32, nullable: false),
                    image_id = table.Column<Guid>(type: "uuid", nullable: false),
                    visitor_id = table.Column<Guid>(type: "uuid", nullable: true),
                    rendition = table.Column<string>(type: "character varying(16)", maxLength: 16, nullable: false),
                    palette_set = table.Column<int>(type: "integer", nullable: true),
                    expires_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    revoked_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    redeemed_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    lease_until = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    stream_id = table.Column<Guid>(type: "uuid", nullable: true),
                    stream_seen_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    completed_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    served_revision = table.Column<int>(type: "integer", nullable: true),
                    served_set = table.Column<int>(type: "integer", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_one_time_urls", x => x.token_hash);
                });

            migrationBuilder.CreateTable(
                name: "outbox_messages",
                columns: table => new
                {
                    id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityAlwaysColumn),
                    queue = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false),
                    subject = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false),
                    message_id = table.Column<string>(type: "character varying(128)", maxLength: 128, nullable: false),
                    ordering_key = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false),
                    body = table.Column<string>(type: "jsonb", nullable: false),
                    trace_parent = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: true),
                    trace_state = table.Column<string>(type: "character varying(512)", maxLength: 512, nullable: true),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_outbox_messages", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "image_revisions",
                columns: table => new
                {
                    image_id = table.Column<Guid>(type: "uuid", nullable: false),
                    revision = table.Column<int>(type: "integer", nullable: false),
                    state = table.Column<string>(type: "character varying(16)", maxLength: 16, nullable: false),
                    attempt = table.Column<int>(type: "integer", nullable: false),
                    reason = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: true),
                    trace_id = table.Column<string>(type: "character varying(32)", maxLength: 32, nullable: true),
                    span_id = table.Column<string>(type: "character varying(16)", maxLength: 16, nullable: true),
                    sha256 = table.Column<byte[]>(type: "bytea", maxLength: 32, nullable: true),
                    length = table.Column<long>(type: "bigint", nullable: true),
                    palette_count = table.Column<int>(type: "integer", nullable: false),
                    width = table.Column<int>(type: "integer", nullable: true),
                    height = table.Column<int>(type: "integer", nullable: true),
                    palettes = table.Column<string>(type: "jsonb", nullable: true),
                    received_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    stored_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    queued_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    clustering_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    clustered_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    failed_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    painted_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_image_revisions", x => new { x.image_id, x.revision });
                    table.ForeignKey(
                        name: "fk_image_revisions_images_image_id",
                        column: x => x.image_id,
                        principalTable: "images",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "visitor_pictures",
                columns: table => new
                {
                    visitor_id = table.Column<Guid>(type: "uuid", nullable: false),
                    image_id = table.Column<Guid>(type: "uuid", nullable: false),
                    request_no = table.Column<long>(type: "bigint", nullable: false),
                    requested_set = table.Column<int>(type: "integer", nullable: false),
                    requested_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    current_request_no = table.Column<long>(type: "bigint", nullable: false),
                    current_set = table.Column<int>(type: "integer", nullable: true),
                    current_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_visitor_pictures", x => new { x.visitor_id, x.image_id });
                    table.ForeignKey(
                        name: "fk_visitor_pictures_images_image_id",
                        column: x => x.image_id,
                        principalTable: "images",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "renderings",
                columns: table => new
                {
                    image_id = table.Column<Guid>(type: "uuid", nullable: false),
                    revision = table.Column<int>(type: "integer", nullable: false),
                    palette_set = table.Column<int>(type: "integer", nullable: false),
                    size = table.Column<string>(type: "character varying(8)", maxLength: 8, nullable: false),
                    state = table.Column<string>(type: "character varying(16)", maxLength: 16, nullable: false),
                    attempt = table.Column<int>(type: "integer", nullable: false),
                    reason = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: true),
                    trace_id = table.Column<string>(type: "character varying(32)", maxLength: 32, nullable: true),
                    queued_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    generating_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    ready_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    failed_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_renderings", x => new { x.image_id, x.revision, x.palette_set, x.size });
                    table.ForeignKey(
                        name: "fk_renderings_image_revisions_image_id_revision",
                        columns: x => new { x.image_id, x.revision },
                        principalTable: "image_revisions",
                        principalColumns: new[] { "image_id", "revision" },
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "ix_erasures_next_run_at",
                table: "erasures",
                column: "next_run_at");

            migrationBuilder.CreateIndex(
                name: "ix_image_revisions_state",
                table: "image_revisions",
                column: "state",
                filter: "state <> 'Clustered'");

            migrationBuilder.CreateIndex(
                name: "ix_images_event_id",
                table: "images",
                column: "event_id");

            migrationBuilder.CreateIndex(
                name: "ix_images_visitor_id",
                table: "images",
                column: "visitor_id",
                filter: "visitor_id IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_one_time_urls_expires_at",
                table: "one_time_urls",
                column: "expires_at");

            migrationBuilder.CreateIndex(
                name: "ix_one_time_urls_image_id",
                table: "one_time_urls",
                column: "image_id");

            migrationBuilder.CreateIndex(
                name: "ix_one_time_urls_visitor_id",
                table: "one_time_urls",
                column: "visitor_id",
                filter: "visitor_id IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_renderings_state",
                table: "renderings",
                column: "state",
                filter: "state <> 'Ready'");

            migrationBuilder.CreateIndex(
                name: "ix_visitor_pictures_image_id",
                table: "visitor_pictures",
                column: "image_id");

            migrationBuilder.CreateIndex(
                name: "ix_visitor_pictures_waiting",
                table: "visitor_pictures",
                columns: new[] { "image_id", "requested_set" },
                filter: "current_request_no < request_no");

            // Links are short-lived: losing them in a crash costs one more request, and not logging them saves the writes.
            migrationBuilder.Sql("ALTER TABLE one_time_urls SET UNLOGGED");
            migrationBuilder.NotifyOnOutbox();
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "erasures");

            migrationBuilder.DropTable(
                name: "one_time_urls");

            migrationBuilder.DropTable(
                name: "outbox_messages");

            migrationBuilder.DropTable(
                name: "renderings");

            migrationBuilder.DropTable(
                name: "visitor_pictures");

            migrationBuilder.DropTable(
                name: "image_revisions");

            migrationBuilder.DropTable(
                name: "images");
        }
    }
}
