using Microsoft.JSInterop;
using Repaint.Console.Localisation;

namespace Repaint.Console.Layout;

/// <summary>Language, which is kept on this device, and theme, which is the device's own.</summary>
internal sealed class Preferences(IJSRuntime js, Words words)
{
    private IJSObjectReference? _module;

    public event Action? Changed;

    public bool Dark { get; private set; }

    public async Task LoadAsync()
    {
        _module = await js.InvokeAsync<IJSObjectReference>("import", "./js/preferences.js");
        var stored = await _module.InvokeAsync<Stored>("load", DotNetObjectReference.Create(this));
        words.Use(stored.Language);
        Dark = stored.Dark;
    }

    public async Task SetLanguageAsync(string language)
    {
        words.Use(language);
        if (_module is not null)
        {
            await _module.InvokeVoidAsync("setLanguage", language);
        }
    }

    [JSInvokable]
    public void SetDark(bool dark)
    {
        Dark = dark;
        Changed?.Invoke();
    }

    internal sealed record Stored(string Language, bool Dark);
}
