using Microsoft.Net.Http.Headers;

namespace Repaint.LocalIdentity.SignIn;

/// <summary>What the page says, in the two languages of this product.</summary>
internal sealed record SignInWords(
    string Language, string Title, string UserName, string Password, string Submit,
    string WrongPassword, string TooManyTries, string SignedIn)
{
    private static readonly SignInWords English = new(
        "en", "Staff sign-in", "User name", "Password", "Sign in",
        "The user name or the password is not right.",
        "Too many tries. Please wait five minutes.",
        "You are signed in. You can close this page.");

    private static readonly SignInWords Japanese = new(
        "ja", "スタッフ用ログイン", "ユーザー名", "パスワード", "ログイン",
        "ユーザー名またはパスワードが違います。",
        "試行回数が多すぎます。5分ほど待ってください。",
        "ログインしました。このページを閉じてかまいません。");

    /// <summary>
    /// The language the app asks for (<c>ui_locales</c>, OpenID Connect Core 3.1.2.1), as somebody may have chosen one there;
    /// else the one the browser prefers; else English.
    /// </summary>
    public static SignInWords For(string? uiLocales, IEnumerable<StringWithQualityHeaderValue> acceptLanguage) =>
        FirstOf((uiLocales ?? "").Split(' '))
        ?? FirstOf(acceptLanguage.OrderByDescending(language => language.Quality ?? 1).Select(language => language.Value.Value ?? ""))
        ?? English;

    private static SignInWords? FirstOf(IEnumerable<string> tags) => tags
        .Select(tag => tag.Split('-')[0] switch { "ja" => Japanese, "en" => English, _ => null })
        .FirstOrDefault(words => words is not null);
}
