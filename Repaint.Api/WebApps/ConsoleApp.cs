using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.StaticFiles;
using Microsoft.Net.Http.Headers;

namespace Repaint.Api.WebApps;

/// <summary>
/// Delivers the staff console: its trimmed, precompressed publish, which the build puts beside us. What is asked for is
/// looked up among the files found at the start, so that no address reaches another file; every other address below
/// <c>/console</c> is the console's page, whose router knows the rest.
/// </summary>
internal sealed partial class ConsoleApp
{
    public const string Path = "/console";

    private const string PageName = "index.html";
    private static readonly string Folder = System.IO.Path.Combine(AppContext.BaseDirectory, "webapps", "console");
    private static readonly FileExtensionContentTypeProvider ContentTypes = new(
        new Dictionary<string, string>(new FileExtensionContentTypeProvider().Mappings)
        {
            [".dat"] = "application/octet-stream",
            [".webmanifest"] = "application/manifest+json",
        });

    // Smallest first; what the console's publish makes.
    private static readonly (string Coding, string Extension)[] Codings = [("br", ".br"), ("gzip", ".gz")];

    private readonly Dictionary<string, WebFile> _files;

    private ConsoleApp(Dictionary<string, WebFile> files) => _files = files;

    public static ConsoleApp Load() => new(Directory.EnumerateFiles(Folder, "*", SearchOption.AllDirectories)
        .Where(file => !Codings.Any(coding => file.EndsWith(coding.Extension, StringComparison.Ordinal)))
        .Select(WebFile.Of)
        .ToDictionary(file => System.IO.Path.GetRelativePath(Folder, file.Location), StringComparer.Ordinal));

    public void Map(WebApplication app) =>
        app.MapMethods(Path + "/{**path}", [HttpMethods.Get, HttpMethods.Head], Serve).AllowAnonymous().ExcludeFromDescription();

    private Results<PhysicalFileHttpResult, RedirectHttpResult> Serve(HttpContext context, string? path)
    {
        if (path is null && context.Request.Path.Value == Path)
        {
            return TypedResults.LocalRedirect(Path + "/");
        }

        var file = _files.GetValueOrDefault(path ?? "") ?? _files[PageName];
        var headers = context.Response.Headers;
        headers.CacheControl = file.Immutable ? "public, max-age=31536000, immutable" : "no-cache";
        headers.Vary = HeaderNames.AcceptEncoding;
        var accepted = context.Request.GetTypedHeaders().AcceptEncoding.Where(coding => coding.Quality != 0).Select(coding => coding.Value.Value).ToList();
        var coded = Codings.FirstOrDefault(coding => accepted.Contains(coding.Coding) && file.Codings.Contains(coding.Coding));
        if (coded.Coding is { } chosen)
        {
            headers.ContentEncoding = chosen;
        }

        return TypedResults.PhysicalFile(
            file.Location + coded.Extension, file.ContentType, lastModified: null,
            entityTag: new EntityTagHeaderValue($"\"{file.Hash}{coded.Extension}\""));
    }

    // The build writes a fingerprint of ten characters between name and extension.
    [GeneratedRegex(@"^_framework/.*\.[a-z0-9]{10}\.[a-z]+$")]
    private static partial Regex Fingerprinted();

    private sealed record WebFile(string Location, string ContentType, string Hash, bool Immutable, IReadOnlyList<string> Codings)
    {
        public static WebFile Of(string location) => new(
            location,
            ContentTypes.TryGetContentType(location, out var type) ? type : "application/octet-stream",
            Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(location))[..12]),
            Fingerprinted().IsMatch(System.IO.Path.GetRelativePath(Folder, location)),
            [.. ConsoleApp.Codings.Where(coding => File.Exists(location + coding.Extension)).Select(coding => coding.Coding)]);
    }
}
