using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Repaint.Tests.Api;

/// <summary>Every route is sent what no client of ours would send: it answers with a code, and never that the fault is ours.</summary>
public sealed class HostileInputTests(ApiHost api) : IClassFixture<ApiHost>
{
    private const int Tries = 12;

    private static readonly string[] Ends = ["EraseVisitor", "DeleteEvent", "LeaveEvent"];

    private static readonly byte[][] Bodies =
    [
        [], "{"u8.ToArray(), "null"u8.ToArray(), "[]"u8.ToArray(), "{}"u8.ToArray(), "1e999"u8.ToArray(), [0xff, 0xfe],
        Encoding.ASCII.GetBytes(new string('[', 20_000)), Encoding.ASCII.GetBytes($$"""{"name":"{{new string('A', 100_000)}}"}"""),
        """{"name":"\ud800"}"""u8.ToArray(), """{"name":"x","paletteCount":99999999999}"""u8.ToArray(),
        """{"name":"x","paletteCount":"8"}"""u8.ToArray(), """{"name":"x","retainUntil":"9999-12-31T23:59:59.9999999-14:00"}"""u8.ToArray(),
        """{"code":"\u0000","pickId":"00000000-0000-0000-0000-000000000000"}"""u8.ToArray(), """{"rendition":"view","paletteId":-1}"""u8.ToArray(),
        """{"rendition":3}"""u8.ToArray(), """{"imageId":"not one"}"""u8.ToArray(), """{"name":"x","rotationSeconds":1e3}"""u8.ToArray(),
        """{"email":"a@b\r\nc","role":"owner"}"""u8.ToArray(),
        Encoding.ASCII.GetBytes($$"""{"imageIds":[{{string.Join(',', Enumerable.Repeat($"\"{Guid.Empty}\"", 5_000))}}]}"""),
    ];

    private static readonly string[] Types =
        ["application/json", "application/json; charset=utf-16", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "image/jpeg"];

    private static readonly string[] Queries =
    [
        "", "?limit=-1", "?limit=99999999999", "?cursor=%00", "?after=%ff", "?since=-9223372036854775809", "?since=9223372036854775807",
        "?state=%27%3B", "?search=%25%5f%00", "?search=" + "%F0%9F%98%80", "?overwrite=maybe", "?before=xyz&limit=1e5",
    ];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Whatever_is_sent_is_answered_with_a_code()
    {
        var row = await api.CreateEventAsync();
        var joined = await api.JoinAsync(row.Id);
        var spot = await api.CreateSpotAsync(row.Id);
        using var visitor = api.Client(joined.Token);
        using var staff = api.Staff();
        using var anyone = api.Client();
        // Always the same, so that a failure can be repeated.
        var random = new Random(20_261_124);
        foreach (var route in ApiRoute.All.Where(route => !Ends.Contains(route.Name)))
        {
            for (var attempt = 0; attempt < Tries; attempt++)
            {
                var ids = new Dictionary<string, Guid>
                {
                    ["eventId"] = random.Next(4) == 0 ? Guid.Empty : row.Id,
                    ["visitorId"] = random.Next(2) == 0 ? Guid.AllBitsSet : joined.VisitorId,
                    ["spotId"] = random.Next(2) == 0 ? row.Id : spot.Id,
                    ["imageId"] = joined.VisitorId,
                    ["memberId"] = Guid.Empty,
                    ["invitationId"] = Guid.AllBitsSet,
                };
                using var request = route.Request(ids);
                request.RequestUri = new Uri(request.RequestUri + Queries[random.Next(Queries.Length)], UriKind.Relative);
                request.Headers.TryAddWithoutValidation("If-None-Match", "W/\"" + new string('9', 40));
                request.Headers.TryAddWithoutValidation("Last-Event-ID", "-1e9");
                if (route.HasBody)
                {
                    request.Content = new ByteArrayContent(Bodies[random.Next(Bodies.Length)])
                    {
                        Headers = { ContentType = MediaTypeHeaderValue.Parse(Types[random.Next(Types.Length)]) },
                    };
                }

                var client = route.Caller switch { "visitor" => visitor, "staff" => staff, _ => anyone };
                using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancellation);

                var sent = $"{request.Method} {request.RequestUri}: {(int)response.StatusCode}";
                Assert.True((int)response.StatusCode < 500, sent);
                if ((int)response.StatusCode >= 400)
                {
                    using var problem = JsonDocument.Parse(await response.Content.ReadAsStringAsync(Cancellation));
                    Assert.True(problem.RootElement.GetProperty("code").GetString() is { Length: > 0 }, sent);
                }
            }
        }
    }
}
