using System.Net;
using Repaint.Benchmarks.Measuring;

namespace Repaint.Benchmarks.Gateway;

/// <summary>A thousand times: 64 who have the same link ask at the same moment, and exactly one gets the picture.</summary>
internal sealed class OneTimeUrlDrill : IMeasurement
{
    private const int Links = 1_000;
    private const int Parallel = 64;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    public string Name => "one-time-urls";

    public string Description => $"{Links:N0} links, each redeemed {Parallel} times at once: exactly one delivery each";

    public async Task<bool> RunAsync(int rounds, TextWriter output, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        await using var stage = await GatewayStage.StartAsync(limit.Token);
        var gateway = await stage.StartGatewayAsync(stage.Storage, limit.Token);
        using var client = new HttpClient { BaseAddress = gateway.Public };
        var answers = new Dictionary<string, int>();
        var wrong = 0;
        foreach (var link in await stage.MintAsync(gateway, Links, limit.Token))
        {
            var told = await Task.WhenAll(Enumerable.Range(0, Parallel).Select(_ => RedeemAsync(client, link, stage.Picture, limit.Token)));
            wrong += told.Count(answer => answer == "delivered") == 1 ? 0 : 1;
            foreach (var answer in told)
            {
                answers[answer] = answers.GetValueOrDefault(answer) + 1;
            }
        }

        var table = new Table("Answer", "times");
        foreach (var (answer, times) in answers.OrderByDescending(answer => answer.Value))
        {
            table.Add(answer, $"{times}");
        }

        table.Print(output);
        await output.WriteLineAsync($"{Links - wrong} of {Links} links were delivered exactly once.");
        return wrong == 0 && answers.Keys.All(answer => answer is "delivered" or "410 Gone");
    }

    private static async Task<string> RedeemAsync(HttpClient client, string link, byte[] picture, CancellationToken cancellationToken)
    {
        using var response = await client.GetAsync(link, cancellationToken);
        var body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        return response.StatusCode != HttpStatusCode.OK ? $"{(int)response.StatusCode} {response.StatusCode}"
            : body.AsSpan().SequenceEqual(picture) ? "delivered"
            : "something else than the picture";
    }
}
