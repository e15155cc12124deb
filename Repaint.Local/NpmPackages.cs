using System.Security.Cryptography;
using Repaint.Local.Processes;

namespace Repaint.Local;

/// <summary>
/// What comes from npm: Azurite and the Aspire dashboard here, other things elsewhere. Installed once for each content
/// of a committed lock file, into the user's cache folder.
/// </summary>
internal static class NpmPackages
{
    private const string LockFile = "package-lock.json";
    private static readonly string Source = Path.Combine(AppContext.BaseDirectory, "npm");

    /// <summary>The folder <c>node_modules</c> with what this program needs, installed if it is not there yet.</summary>
    /// <exception cref="LocalException">npm is missing, or it failed.</exception>
    public static Task<string> InstallAsync(Action<string> report, CancellationToken cancellationToken) =>
        InstallAsync(Source, "Azurite and the Aspire dashboard from npm (once, about 500 MB)", report, cancellationToken);

    /// <summary>The folder <c>node_modules</c> for the <c>package.json</c> and lock file in another folder.</summary>
    /// <exception cref="LocalException">npm is missing, or it failed.</exception>
    public static async Task<string> InstallAsync(string source, string what, Action<string> report, CancellationToken cancellationToken)
    {
        var lockHash = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Combine(source, LockFile))));
        var cache = Path.Combine(CacheFolder(), $"npm-{lockHash[..12]}");
        var modules = Path.Combine(cache, "node_modules");
        if (Directory.Exists(modules))
        {
            return modules;
        }

        var npm = Programs.Find("npm") ?? throw new LocalException("npm is not installed: install Node.js 20 or newer.");
        report($"Installing {what}…");
        // Beside its place, then moved: two first starts at once do not see each other's half.
        var unfinished = $"{cache}.{Environment.ProcessId}";
        Directory.CreateDirectory(unfinished);
        try
        {
            foreach (var file in new[] { "package.json", LockFile })
            {
                File.Copy(Path.Combine(source, file), Path.Combine(unfinished, file), overwrite: true);
            }

            await Programs.RunAsync("npm ci", new ProcessCommand(npm, "ci", "--ignore-scripts", "--no-fund", "--no-audit")
            {
                WorkingDirectory = unfinished,
            }, cancellationToken);
            Directory.Move(unfinished, cache);
        }
        catch (IOException) when (Directory.Exists(modules))
        {
            // Somebody else was faster.
        }
        finally
        {
            if (Directory.Exists(unfinished))
            {
                Directory.Delete(unfinished, recursive: true);
            }
        }

        return modules;
    }

    private static string CacheFolder() => Path.Combine(
        Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } cache
            ? cache
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache"),
        "repaint");
}
