using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;
using Repaint.Console.Api;
using Repaint.Contracts.Http;

namespace Repaint.Console.Photograph;

/// <summary>写真撮影: scan the visitor, look, ask before overwriting, take, send, wait for the palettes.</summary>
public sealed partial class PhotographPage
{
    private ElementReference _video;
    private ElementReference _file;
    private DotNetObjectReference<PhotographPage>? _self;
    private Step _step = Step.Scan;
    private CameraState? _camera;
    private string _facing = "environment";
    private bool _torch;
    private VisitorCode? _visitor;
    private VisitorStatus? _status;
    private bool _unchecked;
    private bool _overwrite;
    private string _typed = "";
    private bool _wrongCode;
    private int _seconds;
    private int _countdown;
    private string? _preview;
    private string? _sentId;
    private string[]? _colours;
    private bool _openCamera;

    private enum Step
    {
        Scan,
        Exists,
        Aim,
        Preview,
        Sent,
    }

    [Parameter]
    public Guid? VisitorId { get; set; }

    private OutboxEntry? Mine => Outbox.Entries.FirstOrDefault(entry => entry.Id == _sentId);

    private string SentTitle => Mine?.State switch
    {
        "sending" => W["Photo.Sending"],
        "painting" => W["Photo.Painting"],
        "exists" => W["Code.photo-exists"],
        "refused" => W["Photo.Refused"],
        "waiting" => W["Photo.Waits"],
        _ => W["Photo.Sent"],
    };

    [JSInvokable]
    public async Task<bool> OnScanned(string text)
    {
        var accepted = await AcceptAsync(text);
        await InvokeAsync(StateHasChanged);
        return accepted;
    }

    public async ValueTask DisposeAsync()
    {
        Outbox.Changed -= Refresh;
        Outbox.Painted -= Painted;
        await Camera.CloseAsync();
        await Camera.DropAsync();
        _self?.Dispose();
    }

    protected override void OnInitialized()
    {
        _self = DotNetObjectReference.Create(this);
        Outbox.Changed += Refresh;
        Outbox.Painted += Painted;
    }

    protected override async Task OnEventAsync()
    {
        if (VisitorId is { } visitorId)
        {
            await AcceptAsync(visitorId.ToString());
        }
        else
        {
            _openCamera = true;
        }
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!_openCamera || _step is not (Step.Scan or Step.Aim))
        {
            return;
        }

        _openCamera = false;
        _camera = await Camera.OpenAsync(_video, _facing);
        _torch = false;
        StateHasChanged();
        if (_step == Step.Scan && _camera.Ok)
        {
            // Runs until a code is accepted or the camera is closed.
            _ = Camera.ScanAsync(_self!);
        }
    }

    private Task<bool> EnterAsync() => AcceptAsync(_typed);

    private async Task<bool> AcceptAsync(string text)
    {
        if (_step != Step.Scan || VisitorCode.Parse(text, EventId) is not { } code || code.EventId != EventId)
        {
            _wrongCode = true;
            return false;
        }

        _wrongCode = false;
        Error = null;
        try
        {
            _status = await Api.VisitorAsync(EventId, code.VisitorId);
            _unchecked = false;
        }
        catch (ApiException exception) when (exception.Trouble is Trouble.Offline or Trouble.Expired or Trouble.Server)
        {
            // The photograph can be taken all the same: whether there is one already is asked when it is sent.
            _status = null;
            _unchecked = true;
        }
        catch (ApiException exception)
        {
            Error = exception.Trouble == Trouble.NotFound
                ? new ApiException(Trouble.Refused, new ApiProblem(Code: "no-such-visitor"))
                : exception;
            return false;
        }

        _visitor = code;
        _typed = "";
        if (_status?.Photographed == true)
        {
            _step = Step.Exists;
            await Camera.CloseAsync();
        }
        else
        {
            await StartCameraAsync(overwrite: false);
        }

        return true;
    }

    private Task StartCameraAsync(bool overwrite)
    {
        _overwrite = overwrite;
        _step = Step.Aim;
        _openCamera = true;
        return Task.CompletedTask;
    }

    private void SwitchAsync()
    {
        _facing = _facing == "environment" ? "user" : "environment";
        _openCamera = true;
    }

    private async Task TorchAsync()
    {
        _torch = !_torch;
        await Camera.TorchAsync(_torch);
    }

    private async Task TakeAsync()
    {
        for (_countdown = _seconds; _countdown > 0; _countdown--)
        {
            StateHasChanged();
            await Task.Delay(TimeSpan.FromSeconds(1), Time);
        }

        _preview = await Camera.TakeAsync();
        await Camera.CloseAsync();
        _step = Step.Preview;
    }

    private async Task UseFileAsync()
    {
        if (await Camera.UseFileAsync(_file) is { } preview)
        {
            _preview = preview;
            await Camera.CloseAsync();
            _step = Step.Preview;
        }
    }

    private async Task SendAsync()
    {
        _colours = null;
        _sentId = await Outbox.AddAsync(EventId, _visitor!.VisitorId, _overwrite);
        await Camera.DropAsync();
        _preview = null;
        _step = Step.Sent;
    }

    private async Task NextVisitorAsync()
    {
        await Camera.DropAsync();
        (_visitor, _status, _sentId, _colours, _preview, Error) = (null, null, null, null, null, null);
        _step = Step.Scan;
        _openCamera = true;
    }

    private void Painted(Guid visitorId, string[] colours)
    {
        if (_step == Step.Sent && _visitor?.VisitorId == visitorId)
        {
            _colours = colours;
            Refresh();
        }
    }

    private void Refresh() => _ = InvokeAsync(StateHasChanged);
}
