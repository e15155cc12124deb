using System.Net;
using System.Net.Http.Json;
using Repaint.Contracts;
using Repaint.Contracts.Http;
using Repaint.Tests.Infrastructure;

namespace Repaint.Tests.EndToEnd;

/// <summary>No secret and nobody's name leaves the system by way of its telemetry.</summary>
[Collection(SystemCollection.Name)]
public sealed class ExportTests(SystemFixture system)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nothing_exported_holds_a_token_a_code_an_address_or_a_name()
    {
        using var visitor = await PaintAsync();
        var link = await visitor.MintAsync();
        await FetchTwiceAsync(link.Url);
        await FailAsync(link.Url);
        await WorkAsStaffAsync();

        // A second round of all three signals holds what has just happened. Who has nothing to say exports no logs: another
        // picture gives gateway and workers something.
        var before = new Dictionary<string, int>(system.Telemetry.Received);
        using var other = await PaintAsync();
        await Eventually.IsAsync(() => Task.FromResult(((string[])["Trace", "Logs", "Metrics"]).All(
            signal => system.Telemetry.Received.GetValueOrDefault(signal) > before.GetValueOrDefault(signal) + 1)));
        Assert.Empty(system.Telemetry.Scan.Findings);
    }

    private async Task<TestVisitor> PaintAsync()
    {
        var visitor = await system.JoinAsync();
        await system.Staff.PhotographAsync(system.Demo.Event.Id, visitor.Id, SystemFixture.Photo("astronaut.jpg"), Cancellation);
        await visitor.PickAsync(system.Demo.Spots[0]);
        await visitor.WaitForPictureAsync();
        return visitor;
    }

    private static async Task FetchTwiceAsync(Uri url)
    {
        using var client = new HttpClient();
        using var first = await client.GetAsync(url, Cancellation);
        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        await first.Content.ReadAsByteArrayAsync(Cancellation);
        using var second = await client.GetAsync(url, Cancellation);
        Assert.Equal(HttpStatusCode.Gone, second.StatusCode);
    }

    // Somebody signs in, after a slip, and invites a colleague.
    private async Task WorkAsStaffAsync()
    {
        const string Colleague = "kenji-mori";
        system.Telemetry.Scan.Know("a colleague's name", Colleague);
        using var anonymous = system.NewClient();
        var config = await anonymous.GetFromJsonAsync<ClientConfig>("/api/client-config", ContractsJson.Options, Cancellation);
        var callback = new Uri(system.State.Urls.Api, "/console/authentication/login-callback");
        using var flow = new CodeFlow(new Uri(config!.Authority), config.ClientId, callback, config.Scope);
        using var challenge = await flow.AuthorizeAsync();
        using var slip = await flow.SignInAsync(challenge.Headers.Location!, system.Account.UserName, "not the password");
        var tokens = await flow.RunAsync(system.Account.UserName, system.Account.Password);
        using var staff = system.NewClient(tokens.GetProperty("access_token").GetString());
        using var invited = await staff.PostAsJsonAsync(
            $"/api/staff/events/{system.Demo.Event.Id}/invitations", new InvitationRequest($"{Colleague}@festival.example"),
            ContractsJson.Options, Cancellation);
        Assert.Equal(HttpStatusCode.Created, invited.StatusCode);
    }

    // What goes wrong is told in more words than what goes right.
    private async Task FailAsync(Uri url)
    {
        using var visitor = system.NewClient(new string('A', 21) + "b" + new string('7', 21));
        using var refused = await visitor.PostAsJsonAsync(
            "/api/visitors/me/picks", new PickRequest(system.Demo.Spots[0].Code, Guid.CreateVersion7(TimeProvider.System.GetUtcNow())), ContractsJson.Options, Cancellation);
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        using var anonymous = system.NewClient();
        using var unknown = await anonymous.PostAsJsonAsync(
            "/api/visitors/recover", new { recoveryCode = "ABCD-EFGH-JKMN-PQRS" }, ContractsJson.Options, Cancellation);
        Assert.False(unknown.IsSuccessStatusCode);
        using var misplaced = await anonymous.GetAsync($"/images/lost{url.Query}", Cancellation);
        Assert.NotEqual(HttpStatusCode.InternalServerError, misplaced.StatusCode);
    }
}

public sealed class SecretScanTests
{
    public static TheoryData<string> Secrets => new(
        "https://gateway/images/1?token=q83vASNFZ4mrze8BI0VniavN7wEjRWeJq83vASNFZ4k",
        "Bearer eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJzdGFmZiJ9.c2ln",
        "code 7Z3K-9QXA-0M2B-TT41 was wrong",
        "signed in as someone@example.org",
        "the person known to this test");

    [Theory]
    [MemberData(nameof(Secrets))]
    public void A_secret_is_found_however_deep(string text)
    {
        var scan = new SecretScan();
        scan.Know("a name", "known to this test");
        scan.Scan(Field(1, Field(2, [8, 5, .. Field(3, System.Text.Encoding.UTF8.GetBytes(text))])), "test");

        var finding = Assert.Single(scan.Findings.Take(1));
        Assert.DoesNotContain(text, finding, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Trace", 2, false)]
    [InlineData("Trace", 5, true)]
    [InlineData("Logs", 2, true)]
    public void Bytes_of_a_spans_id_that_look_like_an_address_are_an_id(string signal, int field, bool isFound)
    {
        var scan = new SecretScan();
        scan.Scan(Field(1, Field(2, Field(2, Field(field, "a@b.test"u8.ToArray())))), signal);
        Assert.Equal(isFound, scan.Findings.Count > 0);
    }

    [Theory]
    [InlineData("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")]
    [InlineData("019ab2f0-1234-7123-8123-0123456789ab")]
    [InlineData("Repaint.ImageGateway.OneTimeUrls.RedemptionBatches+<TakeAsync>d__12.MoveNext()")]
    [InlineData("SELECT token_hash FROM one_time_urls WHERE token_hash = $1")]
    public void What_is_no_secret_is_not_taken_for_one(string text)
    {
        var scan = new SecretScan();
        scan.Scan(Field(1, System.Text.Encoding.UTF8.GetBytes(text)), "test");
        Assert.Empty(scan.Findings);
    }

    private static byte[] Field(int number, byte[] content) => [(byte)(number << 3 | 2), (byte)content.Length, .. content];
}
