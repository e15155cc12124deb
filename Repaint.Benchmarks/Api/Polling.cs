using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Repaint.Local;
using Repaint.Local.Processes;

namespace Repaint.Benchmarks.Api;

/// <summary>wrk, as many visitors who ask whether there is anything new.</summary>
internal static class Polling
{
    public const int Connections = 64;
    private const string Updates = "/api/visitors/me/updates";

    // Reads nothing and does as good as nothing, behind the same middleware.
    private const string Nothing = "/alive";
    private static readonly TimeSpan Turn = TimeSpan.FromSeconds(4);

    /// <summary>Polls per second, each answered 304.</summary>
    public static async Task<double> PollAsync(ApiStage stage, RunningApi api, PlayedEvent played, int visitors, CancellationToken cancellationToken)
    {
        var tokens = Path.Combine(stage.Folder, "tokens");
        await File.WriteAllLinesAsync(tokens, played.Visitors.Take(visitors).Select(visitor => visitor.Token), cancellationToken);
        await ExpectNotModifiedAsync(api, played.Visitors[0].Token, cancellationToken);
        return await RunAsync(stage, api, Updates, tokens, cancellationToken);
    }

    /// <summary>Requests per second of an endpoint that does nothing.</summary>
    public static Task<double> DoNothingAsync(ApiStage stage, RunningApi api, CancellationToken cancellationToken) =>
        RunAsync(stage, api, Nothing, null, cancellationToken);

    private static async Task<double> RunAsync(ApiStage stage, RunningApi api, string path, string? tokens, CancellationToken cancellationToken)
    {
        var log = Path.Combine(stage.Folder, "wrk.log");
        File.Delete(log);
        var environment = new Dictionary<string, string> { ["REQUEST_PATH"] = path };
        if (tokens is not null)
        {
            environment["TOKENS"] = tokens;
        }

        var program = Programs.Find("wrk") ?? throw new LocalException("wrk is missing: apt-get install wrk");
        await using (var process = await ChildProcess.StartAsync(new ProcessCommand(
            program, "-t", "1", "-c", $"{Connections}", "-d", $"{Turn.TotalSeconds:0}s",
            "-s", Path.Combine(AppContext.BaseDirectory, "Api", "poll.lua"), api.Address.ToString().TrimEnd('/'))
        {
            Environment = environment,
            LogFile = log,
        }))
        {
            await process.Exited.WaitAsync(cancellationToken);
        }

        var output = await File.ReadAllTextAsync(log, cancellationToken);
        var result = output.Split('\n').FirstOrDefault(line => line.StartsWith("RESULT ", StringComparison.Ordinal))?.Split(' ')
            ?? throw new LocalException($"wrk failed:\n{output}");
        var (requests, microseconds, errors) = (Number(result[1]), Number(result[2]), Number(result[4]));
        return errors == 0 ? requests * 1e6 / microseconds : throw new LocalException($"{errors} of {requests} requests of {path} failed.");
    }

    private static async Task ExpectNotModifiedAsync(RunningApi api, string token, CancellationToken cancellationToken)
    {
        using var client = new HttpClient { BaseAddress = api.Address };
        using var request = new HttpRequestMessage(HttpMethod.Get, Updates);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        request.Headers.IfNoneMatch.ParseAdd("\"5\"");
        using var response = await client.SendAsync(request, cancellationToken);
        if (response.StatusCode != HttpStatusCode.NotModified)
        {
            throw new LocalException($"A poll answered {(int)response.StatusCode}.");
        }
    }

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
