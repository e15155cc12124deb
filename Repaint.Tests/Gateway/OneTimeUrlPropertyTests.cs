using System.Net;
using System.Net.Http.Headers;
using FsCheck.Fluent;
using Microsoft.EntityFrameworkCore;
using Repaint.Contracts;
using Repaint.Contracts.Http;
using Repaint.Tests.Infrastructure;

namespace Repaint.Tests.Gateway;

/// <summary>Random lives of links, each step compared with a model of a few lines.</summary>
public sealed class OneTimeUrlPropertyTests(PostgresFixture postgres, AzuriteFixture azurite) : GatewayTest(postgres, azurite)
{
    private const int Sequences = 25;
    private const int Steps = 20;
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    private readonly Sampling _sampling = new();

    private enum Step
    {
        Mint,
        Redeem,
        Begin,
        Resume,
        Swap,
        WaitLittle,
        WaitLong,
        Revoke,
    }

    [Fact]
    public async Task Links_behave_as_the_model_says()
    {
        var steps = Gen.Frequency(
            (4, Gen.Constant(Step.Mint)), (4, Gen.Constant(Step.Redeem)), (3, Gen.Constant(Step.Begin)), (4, Gen.Constant(Step.Resume)),
            (3, Gen.Constant(Step.Swap)), (2, Gen.Constant(Step.WaitLittle)), (1, Gen.Constant(Step.WaitLong)), (1, Gen.Constant(Step.Revoke)));
        foreach (var sequence in _sampling.Of(steps.ArrayOf(Steps), Sequences))
        {
            await PlayAsync(sequence);
        }
    }

    private async Task PlayAsync(Step[] sequence)
    {
        var (imageId, visitorId) = await ClusteredPhotoAsync();
        var names = new ImageBlobNames(EventId, imageId, 1);
        var current = names.Sketch;
        var requestNo = 0L;
        Link? link = null;
        for (var index = 0; index < sequence.Length; index++)
        {
            var now = Host.Time.GetUtcNow();
            switch (sequence[index])
            {
                case Step.Mint when link?.IsRevoked != true:
                    link = new Link(await MintUrlAsync(imageId, visitorId), now + Lifetime);
                    break;
                case Step.Redeem when link is not null:
                    await CheckAsync(link.Redeem(now, current, null), link, null);
                    break;
                case Step.Begin when link is not null:
                    await CheckAsync(link.Redeem(now, current, new(0, 99)), link, new(0, 99));
                    break;
                case Step.Resume when link is not null:
                    await CheckAsync(link.Redeem(now, current, new(100, null)), link, new(100, null));
                    break;
                case Step.Swap when link?.IsRevoked != true:
                    var set = requestNo % 2 == 0 ? PaletteSet.All(PaletteCount) : PaletteSet.None;
                    await RequestAsync(new RenderRequest(imageId, visitorId, ++requestNo, set));
                    current = set == PaletteSet.None ? names.Sketch : names.OriginalView;
                    break;
                case Step.WaitLittle:
                    Host.Time.Advance(TimeSpan.FromSeconds(6));
                    break;
                case Step.WaitLong:
                    Host.Time.Advance(TimeSpan.FromSeconds(80));
                    break;
                case Step.Revoke when index > Steps / 2 && link is not null:
                    await Host.Internal.DeleteAsync($"{GatewayRoutes.Images}/{imageId}", Cancellation);
                    link.IsRevoked = true;
                    break;
            }
        }

        async Task CheckAsync(string expected, Link asked, RangeItemHeaderValue? range)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, asked.Url);
            request.Headers.Range = range is null ? null : new RangeHeaderValue(range.From, range.To);
            using var response = await Host.Public.SendAsync(request, Cancellation);
            var told = response.IsSuccessStatusCode ? await response.Content.ReadAsStringAsync(Cancellation) : await CodeAsync(response);
            // The last byte reaches us before the gateway has noted that it went out; time must not move in between.
            await Poll.UntilAsync(() => Host.QueryAsync(context => context.OneTimeUrls.AllAsync(row => row.StreamId == null, Cancellation)));
            Assert.True(told == expected, $"{_sampling.Replay} {string.Join(' ', sequence)}: expected {expected.TrimEnd()}, got {response.StatusCode} {told.TrimEnd()}");
            Assert.True(!response.IsSuccessStatusCode || response.StatusCode == (range is null ? HttpStatusCode.OK : HttpStatusCode.PartialContent));
        }
    }

    /// <summary>The model: what the link serves, or the code of its refusal.</summary>
    private sealed class Link(string url, DateTimeOffset expiresAt)
    {
        private DateTimeOffset? _leaseUntil;
        private string? _served;
        private bool _isComplete;

        public string Url { get; } = url;

        public bool IsRevoked { get; set; }

        public string Redeem(DateTimeOffset now, string current, RangeItemHeaderValue? range)
        {
            if (IsRevoked)
            {
                return ErrorCodes.UrlRevoked;
            }

            if (_leaseUntil is null && expiresAt <= now)
            {
                return ErrorCodes.UrlExpired;
            }

            if (_leaseUntil <= now || (_isComplete && range is null))
            {
                return ErrorCodes.UrlUsed;
            }

            _leaseUntil ??= now + Lease;
            _served = range is null ? current : _served ?? current;
            var content = _served.PadRight(4000);
            if (range is { To: not null })
            {
                return content[(int)range.From!.Value..((int)range.To.Value + 1)];
            }

            _isComplete = true;
            _leaseUntil = _leaseUntil < now + Grace ? _leaseUntil : now + Grace;
            return content[(int)(range?.From ?? 0)..];
        }
    }
}
