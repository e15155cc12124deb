using System.Net;
using Repaint.Contracts;
using Repaint.Contracts.Http;
using Repaint.Tests.Infrastructure;

namespace Repaint.Tests.Gateway;

public sealed class SwapTests(PostgresFixture postgres, AzuriteFixture azurite) : GatewayTest(postgres, azurite)
{
    [Fact]
    public async Task Of_200_swaps_and_reads_none_shows_anything_older_than_was_current_when_it_began_and_none_is_mixed()
    {
        const int Swaps = 200;
        const int Readers = 8;
        var (imageId, visitorId) = await ClusteredPhotoAsync();
        // The sketch, and the original: the number of the request tells which of them is current.
        var names = new ImageBlobNames(EventId, imageId, 1);
        var contents = new[] { names.Sketch.PadRight(4000), names.OriginalView.PadRight(4000) };
        await RequestAsync(new RenderRequest(imageId, visitorId, 1, PaletteSet.None));
        var (begun, done) = (1L, 1L);
        var reads = 0;

        var swapping = Task.Run(async () =>
        {
            for (var number = 2L; number <= Swaps; number++)
            {
                Volatile.Write(ref begun, number);
                await RequestAsync(new RenderRequest(imageId, visitorId, number, number % 2 == 0 ? PaletteSet.All(PaletteCount) : PaletteSet.None));
                Volatile.Write(ref done, number);
            }
        }, Cancellation);
        await Task.WhenAll(Enumerable.Range(0, Readers).Select(async _ =>
        {
            while (!swapping.IsCompleted || Volatile.Read(ref reads) < Swaps)
            {
                var url = await MintUrlAsync(imageId, visitorId);
                var oldest = Volatile.Read(ref done);
                using var response = await GetAsync(url);
                var text = await response.Content.ReadAsStringAsync(Cancellation);
                var newest = Volatile.Read(ref begun);
                Assert.Equal(HttpStatusCode.OK, response.StatusCode);
                // Between them more than one may have been current; when it was only one, it must be that.
                Assert.Contains(text, contents);
                Assert.True(newest > oldest || text == contents[oldest % 2 == 0 ? 1 : 0], $"swap {oldest}: {text.TrimEnd()}");
                Interlocked.Increment(ref reads);
            }
        }));
        await swapping;
    }
}
