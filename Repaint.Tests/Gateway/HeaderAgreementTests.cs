using Repaint.ImageGateway.Uploads;
using Repaint.Imaging;
using Repaint.Imaging.Inspection;
using Repaint.Imaging.Normalising;
using Repaint.Tests.Imaging;
using ImageHeader = Repaint.ImageGateway.Uploads.ImageHeader;

namespace Repaint.Tests.Gateway;

/// <summary>
/// Two programs read the header of an upload: the gateway before it stores, a worker before it decodes. What the worker would
/// take the gateway must not refuse, and of both sizes there is only one.
/// </summary>
public sealed class HeaderAgreementTests
{
    private const int Mutations = 300;

    [Fact]
    public void What_a_worker_accepts_the_gateway_accepts_as_the_same_picture()
    {
        var corpus = Corpus().ToList();
        foreach (var (name, bytes) in corpus)
        {
            Assert.True(Agrees(bytes, out var told) && told.Verdict == HeaderVerdict.Complete, name);
        }

        // A file with a few bytes of its beginning changed: most are damaged in some way, and some are not.
        var random = new Random(20260501);
        foreach (var (name, bytes) in corpus)
        {
            for (var round = 0; round < Mutations; round++)
            {
                var mutated = bytes[..];
                for (var change = random.Next(1, 4); change > 0; change--)
                {
                    mutated[random.Next(Math.Min(mutated.Length, 200))] = (byte)random.Next(256);
                }

                Assert.True(Agrees(mutated, out var told), $"{name}, mutation {round}: {told} {Convert.ToBase64String(mutated[..Math.Min(300, mutated.Length)])}");
            }
        }
    }

    [Fact]
    public void Gateway_and_worker_have_the_same_limits() => Assert.Equal(
        (ImageLimits.Default.MaxSide, ImageLimits.Default.MaxPixels), (UploadStream.MaxSide, UploadStream.MaxPixels));

    private static bool Agrees(byte[] bytes, out ImageHeader told)
    {
        told = ImageHeader.Read(bytes);
        try
        {
            var judged = ImageInspector.Inspect(bytes, ImageLimits.Default);
            if (told.Verdict == HeaderVerdict.Complete)
            {
                return (told.Width, told.Height) == (judged.Width, judged.Height);
            }

            PhotoNormaliser.Normalise(bytes);
            return false;
        }
        catch (ImageRejectedException)
        {
            return true; // the worker looks closer
        }
    }

    private static IEnumerable<(string Name, byte[] Bytes)> Corpus()
    {
        foreach (var extension in (string[])[".jpg", ".png", ".webp"])
        {
            foreach (var (width, height) in ((int, int)[])[(64, 64), (130, 70), (300, 517)])
            {
                yield return ($"{width}×{height}{extension}", TestImages.Make(width, height, (x, y) => (x % 256, y % 256, 90), extension));
            }
        }

        foreach (var photo in (string[])["astronaut.jpg", "dandelions.jpg"])
        {
            yield return (photo, File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Photos", photo)));
        }
    }
}
