using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Repaint.Contracts;
using Repaint.Local;
using Repaint.Local.Processes;
using Repaint.Local.Topology;

namespace Repaint.Benchmarks.Gateway;

/// <summary>nginx as the peer, and as an origin that is nothing but fast.</summary>
internal static class Nginx
{
    private const string Secret = "the-peer-has-a-secret-of-its-own";

    /// <summary>
    /// A reverse proxy before blob storage that checks <c>secure_link</c>: the nearest thing nginx has to a one-time URL,
    /// without the once.
    /// </summary>
    /// <param name="folder">For its configuration.</param>
    /// <param name="port">Where it listens.</param>
    /// <param name="storage">Host and port of the storage.</param>
    /// <param name="query">What lets it read there.</param>
    /// <param name="cancellationToken">Ends the wait for its first answer.</param>
    public static Task<ChildProcess> StartPeerAsync(string folder, int port, string storage, string query, CancellationToken cancellationToken) =>
        StartAsync(folder, "peer", port,
            $$"""
            upstream storage { server {{storage}}; keepalive 64; }
            server {
                listen 127.0.0.1:{{port}};
                location ~ ^/images/(?<blob>.+)$ {
                    secure_link $arg_md5,$arg_expires;
                    secure_link_md5 "$secure_link_expires$uri {{Secret}}";
                    if ($secure_link = "") { return 404; }
                    if ($secure_link = "0") { return 410; }
                    proxy_http_version 1.1;
                    proxy_set_header Connection "";
                    proxy_buffers 16 64k;
                    proxy_max_temp_file_size 0;
                    proxy_pass http://storage/repaint/{{ResourceNames.ImagesContainer}}/$blob?{{query}};
                }
            }
            """, cancellationToken);

    /// <summary>Serves the same bytes for every blob, from memory.</summary>
    public static async Task<ChildProcess> StartOriginAsync(string folder, int port, byte[] picture, CancellationToken cancellationToken)
    {
        await File.WriteAllBytesAsync(Path.Combine(folder, "picture"), picture, cancellationToken);
        return await StartAsync(folder, "origin", port,
            $$"""
            open_file_cache max=10;
            sendfile on;
            server {
                listen 127.0.0.1:{{port}};
                location / {
                    root {{folder}};
                    default_type image/jpeg;
                    add_header x-ms-blob-type BlockBlob;
                    try_files /picture =404;
                }
            }
            """, cancellationToken);
    }

    /// <summary>Links that the peer accepts, each with a signature of its own.</summary>
    public static IReadOnlyList<string> Sign(IReadOnlyList<string> blobNames, int count)
    {
        var expires = TimeProvider.System.GetUtcNow().AddHours(1).ToUnixTimeSeconds();
        return [.. Enumerable.Range(0, count).Select(index => Sign($"/images/{blobNames[index % blobNames.Count]}", expires + index))];
    }

    /// <summary>What <c>nginx -v</c> says.</summary>
    public static async Task<string> VersionAsync(CancellationToken cancellationToken)
    {
        var log = Path.GetTempFileName();
        await using var process = await ChildProcess.StartAsync(new ProcessCommand(Find(), "-v") { LogFile = log });
        await process.Exited.WaitAsync(cancellationToken);
        var version = await File.ReadAllTextAsync(log, cancellationToken);
        File.Delete(log);
        return version.Trim().Replace("nginx version: ", "", StringComparison.Ordinal);
    }

#pragma warning disable CA5351 // secure_link knows no other hash
    private static string Sign(string path, long expires)
    {
        var hash = MD5.HashData(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{expires}{path} {Secret}")));
        return string.Create(CultureInfo.InvariantCulture, $"{path}?md5={System.Buffers.Text.Base64Url.EncodeToString(hash)}&expires={expires}");
    }
#pragma warning restore CA5351

    private static string Find() => Programs.Find("nginx")
        ?? (File.Exists("/usr/sbin/nginx") ? "/usr/sbin/nginx" : throw new LocalException("nginx is missing: apt-get install nginx"));

    private static async Task<ChildProcess> StartAsync(
        string folder, string name, int port, string servers, CancellationToken cancellationToken)
    {
        var file = Path.Combine(folder, $"{name}.conf");
        var user = Environment.IsPrivilegedProcess ? "user root;" : "";
        await File.WriteAllTextAsync(file,
            $$"""
            daemon off;
            {{user}}
            worker_processes auto;
            pid {{folder}}/{{name}}.pid;
            error_log {{folder}}/{{name}}.log;
            events { worker_connections 1024; }
            http {
                access_log off;
                keepalive_requests 1000000;
                client_body_temp_path {{folder}}/{{name}}-body;
                proxy_temp_path {{folder}}/{{name}}-proxy;
                fastcgi_temp_path {{folder}}/{{name}}-fastcgi;
                uwsgi_temp_path {{folder}}/{{name}}-uwsgi;
                scgi_temp_path {{folder}}/{{name}}-scgi;
                {{servers}}
            }
            """, cancellationToken);
        var process = await ChildProcess.StartAsync(new ProcessCommand(Find(), "-c", file, "-e", $"{folder}/{name}.log"));
        await Condition.WaitAsync(
            $"nginx ({name}) answers", HttpHealth.Answers($"http://127.0.0.1:{port}/"), TimeSpan.FromSeconds(30), cancellationToken);
        return process;
    }
}
