using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace Repaint.Console.Photograph;

/// <summary>What the camera that was opened can do, or why there is none: the reason is denied or none.</summary>
internal sealed record CameraState(bool Ok, string? Reason = null, bool Torch = false, bool Several = false, bool Mirrored = false);

/// <summary>The device's camera; camera.js holds the stream and the photograph.</summary>
internal sealed class Camera(IJSRuntime js)
{
    private IJSObjectReference? _module;

    /// <summary>Null when it was closed or opened anew before it was open.</summary>
    public async Task<CameraState?> OpenAsync<T>(ElementReference video, string facing, DotNetObjectReference<T> page) where T : class =>
        await (await ModuleAsync()).InvokeAsync<CameraState?>("open", video, facing, page);

    public async Task CloseAsync() => await (await ModuleAsync()).InvokeVoidAsync("close");

    /// <summary>Whether the light is on now; a device may refuse.</summary>
    public async Task<bool> TorchAsync(bool on) => await (await ModuleAsync()).InvokeAsync<bool>("torch", on);

    public async Task ScanAsync<T>(DotNetObjectReference<T> page) where T : class =>
        await (await ModuleAsync()).InvokeVoidAsync("scan", page);

    /// <summary>Takes a picture; the address of its preview, or null while the camera shows none.</summary>
    public async Task<string?> TakeAsync() => await (await ModuleAsync()).InvokeAsync<string?>("take");

    public async Task<string?> UseFileAsync(ElementReference input) => await (await ModuleAsync()).InvokeAsync<string?>("useFile", input);

    public async Task DropAsync() => await (await ModuleAsync()).InvokeVoidAsync("drop");

    private async Task<IJSObjectReference> ModuleAsync() =>
        _module ??= await js.InvokeAsync<IJSObjectReference>("import", "./js/camera.js");
}
