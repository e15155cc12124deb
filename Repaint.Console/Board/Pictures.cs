using Microsoft.JSInterop;

namespace Repaint.Console.Board;

/// <summary>Turns what only a bearer or a one-time URL gets into addresses an <c>img</c> can show; release them.</summary>
internal sealed class Pictures(IJSRuntime js)
{
    private IJSObjectReference? _module;

    /// <summary>Null when it could not be fetched.</summary>
    public async Task<string?> LoadAsync(Uri oneTimeUrl) => await (await ModuleAsync()).InvokeAsync<string?>("load", oneTimeUrl.AbsoluteUri);

    public async Task<string> FromSvgAsync(string svg) => await (await ModuleAsync()).InvokeAsync<string>("fromSvg", svg);

    public async Task ReleaseAsync(string? address)
    {
        if (address is not null)
        {
            await (await ModuleAsync()).InvokeVoidAsync("release", address);
        }
    }

    private async Task<IJSObjectReference> ModuleAsync() =>
        _module ??= await js.InvokeAsync<IJSObjectReference>("import", "./js/pictures.js");
}
