using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;
using Repaint.Console.Api;

namespace Repaint.Console.SignIn;

/// <summary>Whether somebody is signed in.</summary>
internal enum SessionState
{
    SignedOut,
    SignedIn,

    /// <summary>Was signed in; the pages stay, with what was typed, until the person signs in again in a window of its own.</summary>
    Expired,

    /// <summary>The server could not be reached at the start; nobody can sign in now.</summary>
    Unreachable,
}

/// <summary>
/// Who is signed in. Tokens live in a JavaScript module's memory and nowhere else: see sign-in.js.
/// </summary>
internal sealed class Session(IJSRuntime js, NavigationManager navigation)
{
    private const string Module = "./js/sign-in.js";

    private IJSObjectReference? _module;

    public event Action? Changed;

    /// <summary>A session that had ended goes on: what failed meanwhile can be tried again.</summary>
    public event Action? SignedInAgain;

    public SessionState State { get; private set; } = SessionState.SignedOut;

    /// <summary>Name to greet by; null when the authority gave none.</summary>
    public string? Name { get; private set; }

    public string? Subject { get; private set; }

    /// <summary>The page from which the person left to sign in.</summary>
    public string? ReturnTo { get; private set; }

    /// <summary>Picks up where the address says: a call back from the authority, a reload, or a first visit.</summary>
    public async Task StartAsync()
    {
        var module = await ModuleAsync();
        var start = await module.InvokeAsync<SessionStart>("start", navigation.BaseUri, navigation.Uri, DotNetObjectReference.Create(this));
        Take(start.Account, start.State switch
        {
            "signed-in" => SessionState.SignedIn,
            "unreachable" => SessionState.Unreachable,
            _ => SessionState.SignedOut,
        });
        ReturnTo = start.ReturnTo;
    }

    /// <summary>Leaves for the authority, and comes back to the page we are on.</summary>
    public async Task SignInAsync() => await (await ModuleAsync()).InvokeVoidAsync("signIn", navigation.Uri);

    /// <summary>Signs in again in a window of its own. False when it was closed or is not allowed.</summary>
    public async Task<bool> SignInAgainAsync()
    {
        var account = await (await ModuleAsync()).InvokeAsync<Account?>("signInAgain");
        // Another person's session must not inherit this one's pages.
        if (account is null || (Subject is not null && account.Subject != Subject))
        {
            return false;
        }

        Take(account, SessionState.SignedIn);
        SignedInAgain?.Invoke();
        return true;
    }

    /// <summary>Leaves for the authority. False when it cannot be reached: the person is still signed in.</summary>
    public async Task<bool> SignOutAsync() => await (await ModuleAsync()).InvokeAsync<bool>("signOut");

    /// <summary>A token that is good for the next request; renewed when it is about to end.</summary>
    /// <exception cref="ApiException">The session is over, or there is no network to renew it.</exception>
    public async Task<string> AccessTokenAsync()
    {
        var answer = await (await ModuleAsync()).InvokeAsync<TokenAnswer>("accessToken");
        if (answer.Token is { } token)
        {
            return token;
        }

        if (answer.Offline)
        {
            throw new ApiException(Trouble.Offline);
        }

        OnExpired();
        throw new ApiException(Trouble.Expired);
    }

    /// <summary>The authority renewed no token, or the API refused one.</summary>
    [JSInvokable]
    public void OnExpired()
    {
        if (State == SessionState.SignedIn)
        {
            State = SessionState.Expired;
            Changed?.Invoke();
        }
    }

    private void Take(Account? account, SessionState state)
    {
        Name = account?.Name;
        Subject = account?.Subject;
        State = state;
        Changed?.Invoke();
    }

    private async Task<IJSObjectReference> ModuleAsync() =>
        _module ??= await js.InvokeAsync<IJSObjectReference>("import", Module);

    internal sealed record Account(string Subject, string? Name);

    internal sealed record SessionStart(string State, string? ReturnTo, Account? Account);

    internal sealed record TokenAnswer(string? Token, bool Offline);
}
