using System.Net;
using FsCheck.Fluent;
using Repaint.Contracts;
using Repaint.Tests.Infrastructure;

namespace Repaint.Tests.Gateway;

/// <summary>Range and condition headers as no client should send them.</summary>
public sealed class DeliveryHeaderTests(PostgresFixture postgres, AzuriteFixture azurite) : GatewayTest(postgres, azurite)
{
    private const int Samples = 150;
    private static readonly string[] Names = ["Range", "If-Range", "If-Match", "If-None-Match", "Sec-Purpose"];

    [Fact]
    public async Task Whatever_is_in_the_headers_the_answer_is_the_picture_a_part_of_it_or_a_refusal()
    {
        var (imageId, visitorId) = await ClusteredPhotoAsync();
        var content = new ImageBlobNames(EventId, imageId, 1).Sketch.PadRight(4000);
        var corpus = await File.ReadAllLinesAsync(Path.Combine(AppContext.BaseDirectory, "Gateway", "header-corpus.txt"), Cancellation);
        var pieces = Gen.Elements(
            "bytes", "=", "-", ",", " ", "0", "1", "3999", "4000", "99999999999999999999", "*", "\"", "W/", "items", ";", "q=", "\t", "a", "\u00e9");
        var texts = Gen.Sized(_ => pieces.ListOf(8)).Select(parts => string.Concat(parts));
        var sampling = new Sampling();
        var generated = sampling.Of(texts, Samples).Select((text, index) => $"{Names[index % Names.Length]}: {text}");
        foreach (var line in corpus.Concat(generated))
        {
            var told = $"{line} ({sampling.Replay})";
            var (name, value) = (line[..line.IndexOf(':', StringComparison.Ordinal)], line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim());
            using var request = new HttpRequestMessage(HttpMethod.Get, await MintUrlAsync(imageId, visitorId));
            Assert.True(request.Headers.TryAddWithoutValidation(name, value), told);
            using var response = await SendAsync(request);
            if (response is null)
            {
                continue; // not a header that can be sent
            }

            var text = await response.Content.ReadAsStringAsync(Cancellation);
            switch (response.StatusCode)
            {
                case HttpStatusCode.OK:
                    Assert.True(text == content, told);
                    break;
                case HttpStatusCode.PartialContent:
                    var part = response.Content.Headers.ContentRange!;
                    Assert.True(text == content[(int)part.From!.Value..((int)part.To!.Value + 1)] && text.Length > 0, told);
                    break;
                default:
                    Assert.True(
                        (int)response.StatusCode is 304 or 400 or 412 or 416 or 425 && !text.Contains("sketch", StringComparison.Ordinal),
                        $"{told} {response.StatusCode}");
                    break;
            }
        }
    }

    private async Task<HttpResponseMessage?> SendAsync(HttpRequestMessage request)
    {
        try
        {
            return await Host.Public.SendAsync(request, Cancellation);
        }
        catch (HttpRequestException exception) when (exception.InnerException is null)
        {
            return null;
        }
    }
}
