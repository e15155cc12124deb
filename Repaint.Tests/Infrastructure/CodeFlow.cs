using System.Buffers.Text;
using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Web;

namespace Repaint.Tests.Infrastructure;

/// <summary>A browser and a console in one: authorization code with PKCE against an authority, through its sign-in page.</summary>
internal sealed partial class CodeFlow(Uri authority, string clientId, Uri redirectUri, string scope = CodeFlow.AllScopes) : IDisposable
{
    private const string AllScopes = "openid profile email roles offline_access repaint-api";


    private readonly HttpClient _browser = new(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = new() })
    {
        BaseAddress = authority,
    };

    private readonly string _verifier = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
    private readonly string _state = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Asks for a code; <paramref name="change"/> may spoil the request.</summary>
    public Task<HttpResponseMessage> AuthorizeAsync(Action<Dictionary<string, string?>>? change = null)
    {
        var parameters = new Dictionary<string, string?>
        {
            ["client_id"] = clientId,
            ["redirect_uri"] = redirectUri.AbsoluteUri,
            ["response_type"] = "code",
            ["scope"] = scope,
            ["state"] = _state,
            ["code_challenge"] = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(_verifier))),
            ["code_challenge_method"] = "S256",
        };
        change?.Invoke(parameters);
        return _browser.GetAsync("connect/authorize" + Query(parameters), Cancellation);
    }

    /// <summary>Fills in the sign-in page the authority sent us to.</summary>
    public async Task<HttpResponseMessage> SignInAsync(Uri page, string userName, string password)
    {
        var html = await _browser.GetStringAsync(page, Cancellation);
        var fields = HiddenFields().Matches(html).ToDictionary(
            field => field.Groups["name"].Value, field => WebUtility.HtmlDecode(field.Groups["value"].Value));
        fields["UserName"] = userName;
        fields["Password"] = password;
        return await _browser.PostAsync(page, new FormUrlEncodedContent(fields), Cancellation);
    }

    /// <summary>The whole flow, from nothing to tokens.</summary>
    public async Task<JsonElement> RunAsync(string userName, string password)
    {
        using var challenge = await AuthorizeAsync();
        using var signedIn = await SignInAsync(challenge.Headers.Location!, userName, password);
        Assert.Equal(HttpStatusCode.Redirect, signedIn.StatusCode);
        using var authorized = await _browser.GetAsync(signedIn.Headers.Location, Cancellation);
        using var tokens = await RedeemAsync(Code(authorized.Headers.Location!));
        tokens.EnsureSuccessStatusCode();
        return await tokens.Content.ReadFromJsonAsync<JsonElement>(Cancellation);
    }

    /// <summary>The code in the address the console was called back at.</summary>
    public string Code(Uri callback)
    {
        Assert.StartsWith(redirectUri.AbsoluteUri, callback.AbsoluteUri, StringComparison.Ordinal);
        var query = HttpUtility.ParseQueryString(callback.Query);
        Assert.Equal(_state, query["state"]);
        return query["code"]!;
    }

    public Task<HttpResponseMessage> RedeemAsync(string code, string? verifier = null) => TokenAsync(new()
    {
        ["grant_type"] = "authorization_code",
        ["client_id"] = clientId,
        ["redirect_uri"] = redirectUri.AbsoluteUri,
        ["code"] = code,
        ["code_verifier"] = verifier ?? _verifier,
    });

    public Task<HttpResponseMessage> RefreshAsync(string refreshToken) => TokenAsync(new()
    {
        ["grant_type"] = "refresh_token",
        ["client_id"] = clientId,
        ["refresh_token"] = refreshToken,
    });

    public Task<HttpResponseMessage> GetAsync(Uri address) => _browser.GetAsync(address, Cancellation);

    public Task<HttpResponseMessage> TokenAsync(Dictionary<string, string> form) =>
        _browser.PostAsync("connect/token", new FormUrlEncodedContent(form), Cancellation);

    public void Dispose() => _browser.Dispose();

    private static string Query(Dictionary<string, string?> parameters) => "?" + string.Join('&', parameters
        .Where(parameter => parameter.Value is not null)
        .Select(parameter => $"{parameter.Key}={Uri.EscapeDataString(parameter.Value!)}"));

    [GeneratedRegex("""<input[^>]*(?=[^>]*type="hidden")[^>]*name="(?<name>[^"]+)"[^>]*value="(?<value>[^"]*)"[^>]*>""")]
    private static partial Regex HiddenFields();
}
