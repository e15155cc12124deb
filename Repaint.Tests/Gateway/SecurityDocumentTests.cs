using System.Text.RegularExpressions;
using Repaint.Tests.Infrastructure;

namespace Repaint.Tests.Gateway;

public sealed partial class SecurityDocumentTests
{
    [Fact]
    public void Every_threat_names_tests_that_exist()
    {
        var sources = string.Concat(Directory.EnumerateFiles(Path.Combine(Repository.Root, "Repaint.Tests"), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            .Select(File.ReadAllText));
        var known = Declared().Matches(sources).Select(match => match.Groups[1].Value).ToHashSet();
        var rows = File.ReadLines(Path.Combine(Repository.Root, "docs", "security.md"))
            .Where(line => line.StartsWith("| ", StringComparison.Ordinal) && !line.EndsWith("| Test |", StringComparison.Ordinal)).ToList();

        Assert.NotEmpty(rows);
        Assert.All(rows, row =>
        {
            var named = Named().Matches(row.Split('|')[^2]).Select(match => match.Groups[1].Value).ToList();
            Assert.NotEmpty(named);
            Assert.All(named.Where(name => !name.StartsWith("./repaint ", StringComparison.Ordinal)), name => Assert.Contains(name, known));
        });
    }

    [GeneratedRegex(@"(?:\b(?:void|Task|Property) |\bclass )(\w+)")]
    private static partial Regex Declared();

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Named();
}
