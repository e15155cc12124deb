using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;
using MudBlazor;
using Repaint.Console.Api;
using Repaint.Contracts;
using Repaint.Contracts.Http;

namespace Repaint.Console.Photograph;

/// <summary>写真撮影: scan the visitor, look, ask before overwriting, take, send, wait for the palettes.</summary>
public sealed partial class PhotographPage
{
    private ElementReference _video;
    private ElementReference _file;
    private ElementReference _title;
    private ElementReference _shutter;
    private MudButton? _keep;
    private MudButton? _send;
    private MudButton? _next;
    private Step _focused = Step.Scan;
    private DotNetObjectReference<PhotographPage>? _self;
    private Step _step = Step.Scan;
    private CameraState? _camera;
    private string _facing = "environment";
    private bool _torch;
    private Guid? _visitor;
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
    private bool _keeping;
    // Whose turn it is: a countdown that began in an earlier one takes no picture.
    private int _turn;

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

    /// <summary>The device took the camera away: another app wanted it, or it was unplugged.</summary>
    [JSInvokable]
    public void OnCameraLost()
    {
        _openCamera = true;
        Refresh();
    }

    protected override async ValueTask OnLeaveAsync()
    {
        _turn++;
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
        await FocusAsync();
        if (!_openCamera || _step is not (Step.Scan or Step.Aim))
        {
            return;
        }

        _openCamera = false;
        // Before, not after: who asks for light while the camera opens gets it, and the button says so.
        _torch = false;
        if (await Camera.OpenAsync(_video, _facing, _self!) is not { } opened)
        {
            return;
        }

        _camera = opened;
        StateHasChanged();
        if (_step == Step.Scan && _camera.Ok)
        {
            // Runs until a code is accepted or the camera is closed.
            _ = Camera.ScanAsync(_self!);
        }
    }

    /// <summary>The button that had the focus has gone with its step: it moves on to what one does next.</summary>
    private async Task FocusAsync()
    {
        if (_focused == _step || (_step == Step.Aim && _camera?.Ok != true))
        {
            return;
        }

        _focused = _step;
        await (_step switch
        {
            Step.Exists => _keep!.FocusAsync(),
            Step.Aim => _shutter.FocusAsync(),
            Step.Preview => _send!.FocusAsync(),
            Step.Sent => _next!.FocusAsync(),
            _ => _title.FocusAsync(),
        });
    }

    private async Task EnterAsync()
    {
        if (!VisitorShortCode.TryParse(_typed, out var code))
        {
            await AcceptAsync(_typed);
            return;
        }

        try
        {
            await TakeUpAsync(await Api.FindVisitorAsync(EventId, code));
        }
        catch (ApiException exception)
        {
            Error = Explain(exception);
        }
    }

    private async Task<bool> AcceptAsync(string text)
    {
        if (_step != Step.Scan || VisitorCode.Parse(text, EventId) is not { } visitorId)
        {
            _wrongCode = true;
            return false;
        }

        try
        {
            await TakeUpAsync(await Api.VisitorAsync(EventId, visitorId));
        }
        catch (ApiException exception) when (exception.Trouble is Trouble.Offline or Trouble.Expired or Trouble.Server)
        {
            // The photograph can be taken all the same: whether there is one already is asked when it is sent.
            _visitor = visitorId;
            _unchecked = true;
            await StartCameraAsync(overwrite: false);
        }
        catch (ApiException exception)
        {
            Error = Explain(exception);
            return false;
        }

        return true;
    }

    private async Task TakeUpAsync(VisitorStatus status)
    {
        (_visitor, _status, _unchecked, _wrongCode, _typed, Error) = (status.VisitorId, status, false, false, "", null);
        if (status.Photographed)
        {
            _step = Step.Exists;
            await Camera.CloseAsync();
        }
        else
        {
            await StartCameraAsync(overwrite: false);
        }
    }

    private static ApiException Explain(ApiException exception) => exception.Trouble == Trouble.NotFound
        ? new ApiException(Trouble.Refused, new ApiProblem(Code: "no-such-visitor"))
        : exception;

    private Task StartCameraAsync(bool overwrite)
    {
        _overwrite = overwrite;
        (_turn, _countdown) = (_turn + 1, 0);
        (_typed, _wrongCode) = ("", false);
        // No shutter before there is a picture to take.
        _camera = null;
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
        _torch = await Camera.TorchAsync(!_torch);
    }

    private async Task TakeAsync()
    {
        var turn = _turn;
        for (_countdown = _seconds; _countdown > 0; _countdown--)
        {
            StateHasChanged();
            await Task.Delay(TimeSpan.FromSeconds(1), Time);
            if (turn != _turn)
            {
                return;
            }
        }

        if (await Camera.TakeAsync() is { } preview)
        {
            await PreviewAsync(preview);
        }
    }

    private async Task UseFileAsync()
    {
        if (await Camera.UseFileAsync(_file) is { } preview)
        {
            await PreviewAsync(preview);
        }
    }

    private async Task PreviewAsync(string preview)
    {
        (_turn, _countdown) = (_turn + 1, 0);
        _preview = preview;
        await Camera.CloseAsync();
        _step = Step.Preview;
    }

    private async Task SendAsync()
    {
        if (_keeping)
        {
            // Twice on the same button.
            return;
        }

        _keeping = true;
        _sentId = await Outbox.AddAsync(EventId, _visitor!.Value, _overwrite);
        _keeping = false;
        if (_sentId is null)
        {
            Error = new ApiException(Trouble.Refused, new ApiProblem(Code: "not-kept"));
            return;
        }

        await Camera.DropAsync();
        (_colours, _preview, Error) = (null, null, null);
        _step = Step.Sent;
    }

    private async Task NextVisitorAsync()
    {
        (_turn, _countdown) = (_turn + 1, 0);
        await Camera.DropAsync();
        (_visitor, _status, _unchecked, _sentId, _colours, _preview, Error) = (null, null, false, null, null, null, null);
        _step = Step.Scan;
        _openCamera = true;
    }

    private void Painted(Guid visitorId, string[] colours)
    {
        if (_step == Step.Sent && _visitor == visitorId)
        {
            _colours = colours;
            Refresh();
        }
    }

    private void Refresh() => _ = InvokeAsync(StateHasChanged);
}
