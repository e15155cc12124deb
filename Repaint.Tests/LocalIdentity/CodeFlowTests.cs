using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Web;

namespace Repaint.Tests.LocalIdentity;

public sealed class CodeFlowTests(IdentityFixture identity) : IClassFixture<IdentityFixture>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_person_gets_tokens_and_can_renew_them()
    {
        using var flow = identity.NewFlow();
        var tokens = await flow.RunAsync(IdentityFixture.UserName, IdentityFixture.Password);

        using var renewed = await flow.RefreshAsync(tokens.GetProperty("refresh_token").GetString()!);

        Assert.Equal(HttpStatusCode.OK, renewed.StatusCode);
        var again = await renewed.Content.ReadFromJsonAsync<JsonElement>(Cancellation);
        Assert.NotEqual(tokens.GetProperty("access_token").GetString(), again.GetProperty("access_token").GetString());
    }

    [Fact]
    public async Task A_second_flow_of_the_same_browser_does_not_ask_again_unless_told_to()
    {
        using var flow = identity.NewFlow();
        await flow.RunAsync(IdentityFixture.UserName, IdentityFixture.Password);

        using var silent = await flow.AuthorizeAsync(request => request["prompt"] = "none");
        using var forced = await flow.AuthorizeAsync(request => request["prompt"] = "login");

        Assert.NotNull(flow.Code(silent.Headers.Location!));
        Assert.Equal("/sign-in", forced.Headers.Location!.AbsolutePath);
    }

    [Fact]
    public async Task Without_a_session_prompt_none_sends_login_required_back()
    {
        using var flow = identity.NewFlow();

        using var answer = await flow.AuthorizeAsync(request => request["prompt"] = "none");

        var query = HttpUtility.ParseQueryString(answer.Headers.Location!.Query);
        Assert.Equal("login_required", query["error"]);
    }

    [Fact]
    public async Task A_wrong_password_is_refused_and_after_five_so_is_the_right_one()
    {
        using var flow = identity.NewFlow();
        using var challenge = await flow.AuthorizeAsync();
        var page = challenge.Headers.Location!;
        const string name = "taro";

        for (var attempt = 0; attempt < 5; attempt++)
        {
            using var wrong = await flow.SignInAsync(page, name, "guess");
            Assert.Equal(HttpStatusCode.Unauthorized, wrong.StatusCode);
        }

        using var throttled = await flow.SignInAsync(page, name.ToUpperInvariant(), IdentityFixture.Password);
        using var somebodyElse = await flow.SignInAsync(page, IdentityFixture.UserName, IdentityFixture.Password);

        Assert.Equal(HttpStatusCode.TooManyRequests, throttled.StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, somebodyElse.StatusCode);
    }

    [Fact]
    public async Task Guesses_sent_at_once_get_no_more_tries()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => GuessAsync()));

        Assert.Equal(5, answers.Count(status => status == HttpStatusCode.Unauthorized));
        Assert.Equal(11, answers.Count(status => status == HttpStatusCode.TooManyRequests));

        async Task<HttpStatusCode> GuessAsync()
        {
            using var flow = identity.NewFlow();
            using var challenge = await flow.AuthorizeAsync();
            using var answer = await flow.SignInAsync(challenge.Headers.Location!, "jiro", "guess");
            return answer.StatusCode;
        }
    }

    [Fact]
    public async Task Who_knows_the_password_signs_in_as_often_as_there_are_tablets()
    {
        for (var tablet = 0; tablet < 8; tablet++)
        {
            using var flow = identity.NewFlow();
            using var challenge = await flow.AuthorizeAsync();
            using var signedIn = await flow.SignInAsync(challenge.Headers.Location!, IdentityFixture.UserName, IdentityFixture.Password);
            Assert.Equal(HttpStatusCode.Redirect, signedIn.StatusCode);
        }
    }

    [Fact]
    public async Task An_unknown_redirect_uri_is_refused_here_and_not_followed()
    {
        using var flow = identity.NewFlow();

        using var answer = await flow.AuthorizeAsync(request => request["redirect_uri"] = "http://127.0.0.1:5080/elsewhere");

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Null(answer.Headers.Location);
    }

    [Fact]
    public async Task A_request_without_PKCE_is_refused()
    {
        using var flow = identity.NewFlow();

        using var answer = await flow.AuthorizeAsync(request => request["code_challenge"] = request["code_challenge_method"] = null);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("code_challenge", await answer.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("plain")]
    [InlineData(null)]
    public async Task PKCE_that_shows_the_verifier_is_refused(string? method)
    {
        using var flow = identity.NewFlow();

        using var answer = await flow.AuthorizeAsync(request => request["code_challenge_method"] = method);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Theory]
    [InlineData("", "guess")]
    [InlineData("nobody at all", "")]
    public async Task An_empty_field_is_a_wrong_password(string userName, string password)
    {
        using var flow = identity.NewFlow();

        using var answer = await flow.SignInAsync(new Uri(identity.Authority, "sign-in"), userName, password);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Fact]
    public async Task A_code_works_once_and_only_with_its_verifier()
    {
        using var flow = identity.NewFlow();
        await flow.RunAsync(IdentityFixture.UserName, IdentityFixture.Password);
        using var first = await flow.AuthorizeAsync();
        using var second = await flow.AuthorizeAsync();
        var code = flow.Code(second.Headers.Location!);

        using var wrongVerifier = await flow.RedeemAsync(flow.Code(first.Headers.Location!), new string('x', 43));
        using var right = await flow.RedeemAsync(code);
        using var again = await flow.RedeemAsync(code);

        Assert.Equal(HttpStatusCode.BadRequest, wrongVerifier.StatusCode);
        Assert.Equal(HttpStatusCode.OK, right.StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, again.StatusCode);
    }

    [Fact]
    public async Task The_sign_in_page_sends_nobody_elsewhere_and_refuses_forged_forms()
    {
        using var flow = identity.NewFlow();
        var page = new Uri(identity.Authority, "sign-in?ReturnUrl=https%3A%2F%2Fevil.example%2F");

        using var signedIn = await flow.SignInAsync(page, IdentityFixture.UserName, IdentityFixture.Password);
        using var client = new HttpClient();
        using var forged = await client.PostAsync(page, new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["UserName"] = IdentityFixture.UserName,
            ["Password"] = IdentityFixture.Password,
        }), Cancellation);

        Assert.Equal("/", signedIn.Headers.Location!.OriginalString);
        Assert.Equal(HttpStatusCode.BadRequest, forged.StatusCode);
    }

    [Theory]
    [InlineData("ja", "en", "ja")]
    [InlineData("fr ja-JP", "en", "ja")]
    [InlineData("en", "ja", "en")]
    [InlineData("fr", "ja", "ja")]
    public async Task The_sign_in_page_speaks_the_language_chosen_in_the_console(string asked, string preferred, string spoken)
    {
        using var flow = identity.NewFlow();
        using var challenge = await flow.AuthorizeAsync(request => request["ui_locales"] = asked);
        using var client = new HttpClient();
        client.DefaultRequestHeaders.Add("Accept-Language", preferred);

        var page = await client.GetStringAsync(challenge.Headers.Location!, Cancellation);

        Assert.Contains($"lang=\"{spoken}\"", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_sign_in_page_speaks_Japanese_and_allows_no_script()
    {
        using var client = new HttpClient { BaseAddress = identity.Authority };
        client.DefaultRequestHeaders.Add("Accept-Language", "ja,en;q=0.8");

        using var page = await client.GetAsync(new Uri("sign-in", UriKind.Relative), Cancellation);

        Assert.Contains("lang=\"ja\"", await page.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
        var policy = Assert.Single(page.Headers.GetValues("Content-Security-Policy"));
        Assert.StartsWith("default-src 'none';", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("script", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
    }
}
