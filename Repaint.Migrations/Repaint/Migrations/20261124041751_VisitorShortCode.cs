using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Repaint.Migrations.Api.Migrations
{
    /// <inheritdoc />
    public partial class VisitorShortCode : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_visitors_event_id",
                table: "visitors");

            migrationBuilder.AddColumn<string>(
                name: "short_code",
                table: "visitors",
                type: "character varying(8)",
                maxLength: 8,
                nullable: false,
                computedColumnSql: "right(id::text, 8)",
                stored: true);

            migrationBuilder.CreateIndex(
                name: "ix_visitors_event_id_short_code",
                table: "visitors",
                columns: new[] { "event_id", "short_code" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_visitors_event_id_short_code",
                table: "visitors");

            migrationBuilder.DropColumn(
                name: "short_code",
                table: "visitors");

            migrationBuilder.CreateIndex(
                name: "ix_visitors_event_id",
                table: "visitors",
                column: "event_id");
        }
    }
}
