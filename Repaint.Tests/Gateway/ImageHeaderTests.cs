using System.Buffers.Binary;
using FsCheck.Fluent;
using Repaint.ImageGateway.Uploads;

namespace Repaint.Tests.Gateway;

public sealed class ImageHeaderTests
{
    [Fact]
    public void Dimensions_are_read_from_each_accepted_type()
    {
        Assert.Equal(Complete(640, 480), ImageHeader.Read(TestPictures.Png(640, 480)));
        Assert.Equal(Complete(4000, 3000), ImageHeader.Read(TestPictures.Jpeg(4000, 3000)));
        Assert.Equal(Complete(4000, 3000), ImageHeader.Read(TestPictures.Jpeg(4000, 3000, metadata: 300_000)));
        Assert.Equal(Complete(12_345, 20_000), ImageHeader.Read(TestPictures.WebPExtended(12_345, 20_000)));
        Assert.Equal(Complete(300, 200), ImageHeader.Read(WebP("VP8 ", [0, 0, 0, 0x9d, 0x01, 0x2a, 0x2c, 0x01, 0xc8, 0x00])));
        Assert.Equal(Complete(300, 200), ImageHeader.Read(WebP("VP8L", Lossless(300, 200))));
    }

    [Fact]
    public void Dimensions_of_a_heic_are_read_as_soon_as_they_are_there()
    {
        var heic = Imaging.TestImages.AstronautHeic;
        var complete = Enumerable.Range(0, heic.Length).First(length => ImageHeader.Read(heic.AsSpan(0, length)).Verdict != HeaderVerdict.Incomplete);

        Assert.Equal(Complete(320, 240), ImageHeader.Read(heic.AsSpan(0, complete)));
        Assert.Equal(Complete(320, 240), ImageHeader.Read(heic));
        Assert.Equal(HeaderVerdict.UnsupportedType, ImageHeader.Read([0, 0, 0, 28, .. "ftypavif\0\0\0\0"u8]).Verdict);
        Assert.Equal(HeaderVerdict.Animated, ImageHeader.Read([0, 0, 0, 28, .. "ftyphevc\0\0\0\0"u8]).Verdict);
    }

    [Fact]
    public void Every_beginning_of_a_header_is_incomplete_and_none_is_read_beyond()
    {
        foreach (var bytes in (byte[][])[TestPictures.Jpeg(40, 30), TestPictures.Png()[..41], TestPictures.WebPExtended(40, 30)[..30]])
        {
            var complete = Enumerable.Range(0, bytes.Length + 1).First(length => ImageHeader.Read(bytes.AsSpan(0, length)).Verdict != HeaderVerdict.Incomplete);
            Assert.Equal(HeaderVerdict.Complete, ImageHeader.Read(bytes.AsSpan(0, complete)).Verdict);
            Assert.Equal(HeaderVerdict.Complete, ImageHeader.Read(bytes).Verdict);
        }
    }

    [Fact]
    public void Any_bytes_are_judged_without_failing()
    {
        byte[][] beginnings = [[], [0xff, 0xd8, 0xff], TestPictures.Png()[..8], TestPictures.Png()[..33], "RIFF    WEBP"u8.ToArray()];
        var files = Gen.Elements(beginnings).SelectMany(
            beginning => ArbMap.Default.GeneratorFor<byte[]>().Select(rest => (byte[])[.. beginning, .. rest]));

        FsCheck.Check.QuickThrowOnFailure(Prop.ForAll(files.ToArbitrary(), file =>
        {
            var header = ImageHeader.Read(file);
            return header.Verdict != HeaderVerdict.Complete || (header.Width > 0 && header.Height > 0);
        }));
    }

    private static ImageHeader Complete(int width, int height) => new(HeaderVerdict.Complete, width, height);

    private static byte[] Lossless(int width, int height)
    {
        var bytes = new byte[10];
        bytes[0] = 0x2f;
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(1), (uint)(width - 1) | (uint)(height - 1) << 14);
        return bytes;
    }

    private static byte[] WebP(string chunk, byte[] data) =>
        [.. "RIFF\0\0\0\0WEBP"u8, .. System.Text.Encoding.ASCII.GetBytes(chunk), 0, 0, 0, 0, .. data, .. new byte[20]];
}
