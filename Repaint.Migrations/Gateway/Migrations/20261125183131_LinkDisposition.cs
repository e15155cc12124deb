using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Repaint.Migrations.Gateway.Migrations
{
    /// <inheritdoc />
    public partial class LinkDisposition : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AlterTable(
                name: "one_time_urls")
                .Annotation("Npgsql:StorageParameter:fillfactor", 50);

            migrationBuilder.AddColumn<string>(
                name: "disposition",
                table: "one_time_urls",
                type: "character varying(16)",
                maxLength: 16,
                nullable: false,
                defaultValue: "Inline");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "disposition",
                table: "one_time_urls");

            migrationBuilder.AlterTable(
                name: "one_time_urls")
                .OldAnnotation("Npgsql:StorageParameter:fillfactor", 50);
        }
    }
}
