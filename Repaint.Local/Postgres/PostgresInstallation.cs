using Repaint.Local.Processes;

namespace Repaint.Local.Postgres;

/// <summary>The PostgreSQL binaries of this machine, and the user they run as.</summary>
/// <param name="Folder">Folder that holds <c>initdb</c> and <c>postgres</c>.</param>
/// <param name="User">User to become; null when we are not root, as PostgreSQL refuses to run as root.</param>
internal sealed record PostgresInstallation(string Folder, string? User)
{
    private const string DebianFolder = "/usr/lib/postgresql";
    private const string SystemUser = "postgres";

    /// <summary>Debian keeps its versions beside each other and off the PATH; others have one on it.</summary>
    /// <exception cref="LocalException">There is none.</exception>
    public static PostgresInstallation Find()
    {
        var folder = (Directory.Exists(DebianFolder) ? Directory.GetDirectories(DebianFolder) : [])
            .Where(version => File.Exists(Path.Combine(version, "bin", "initdb")))
            .OrderByDescending(version => double.TryParse(Path.GetFileName(version), out var number) ? number : 0)
            .Select(version => Path.Combine(version, "bin"))
            .FirstOrDefault()
            ?? Path.GetDirectoryName(Programs.Find("initdb"))
            ?? throw new LocalException("PostgreSQL is not installed (no initdb found). On Debian and Ubuntu: apt-get install postgresql");
        return new PostgresInstallation(folder, Environment.IsPrivilegedProcess ? SystemUser : null);
    }

    public ProcessCommand Command(string program, params IReadOnlyList<string> arguments) =>
        new(Path.Combine(Folder, program), arguments) { User = User };
}
