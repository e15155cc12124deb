using System.Net.ServerSentEvents;
using Microsoft.AspNetCore.Components;
using Repaint.Console.Api;
using Repaint.Contracts;
using Repaint.Contracts.Http;

namespace Repaint.Console.Board;

/// <summary>One picture: sketch, label map, photograph, and the painting at any set of palettes.</summary>
public sealed partial class ImageDetailPage
{
    private ImageDetails? _image;
    private string? _address;
    private Look _look = Look.Painting;
    private PaletteSet _set;
    private int? _shownRevision;
    private bool _busy;
    private bool _acting;
    private bool _listening;
    private int _asked;

    private enum Look
    {
        Sketch,
        Painting,
        Clusters,
        Original,
    }

    [Parameter]
    public Guid ImageId { get; set; }

    protected override ValueTask OnLeaveAsync() => new(Pictures.ReleaseAsync(_address));

    protected override async Task OnEventAsync()
    {
        await Profile.LoadAsync();
        await TakeAsync(await Api.ImageAsync(EventId, ImageId));
        if (!_listening)
        {
            _listening = true;
            _ = Feed.ListenAsync(EventId, ReceiveAsync, _ => { }, Leaving);
        }
    }

    private async Task ReceiveAsync(SseItem<string> item)
    {
        if (item.EventType is not (FeedEvents.Image or FeedEvents.Erased) || EventFeed.Read(item.Data) is not { } change)
        {
            return;
        }

        if (change.Image is { } image && image.ImageId == ImageId)
        {
            await TakeAsync(image);
        }
        else if (change.ErasedImageId == ImageId)
        {
            Error = new ApiException(Trouble.NotFound);
            _image = null;
        }

        StateHasChanged();
    }

    /// <summary>The image as it is now; a revision that visitors see now, and was not seen before, is shown.</summary>
    private async Task TakeAsync(ImageDetails image)
    {
        _image = image;
        if (image.ServingRevision is { } serving && _shownRevision != serving)
        {
            _shownRevision = serving;
            await ShowAsync(Look.Painting, SetOf(Look.Painting));
        }
    }

    private PaletteSet SetOf(Look look) =>
        look == Look.Painting && _image!.Palettes.Count >= PaletteSet.MinPalettes ? PaletteSet.All(_image.Palettes.Count) : PaletteSet.None;

    private Task ToggleAsync(int paletteId)
    {
        var set = _look == Look.Painting ? _set : PaletteSet.None;
        return ShowAsync(Look.Painting, new PaletteSet((ushort)(set.Mask ^ (1 << paletteId))));
    }

    private async Task ShowAsync(Look look, PaletteSet set)
    {
        (_look, _set) = (look == Look.Painting && set == PaletteSet.None ? Look.Sketch : look, set);
        var mine = ++_asked;
        _busy = true;
        Error = null;
        StateHasChanged();
        try
        {
            var rendition = look switch { Look.Clusters => Rendition.Clusters, Look.Original => Rendition.Original, _ => Rendition.View };
            var link = await Api.OneTimeUrlAsync(EventId, ImageId, rendition, look == Look.Painting ? set : null);
            var address = await Pictures.LoadAsync(link.Url);
            // Somebody quick with the palettes has asked for another one meanwhile.
            if (mine != _asked)
            {
                await Pictures.ReleaseAsync(address);
                return;
            }

            await Pictures.ReleaseAsync(_address);
            _address = address;
        }
        catch (ApiException exception) when (mine == _asked)
        {
            Error = exception;
        }
        catch (ApiException)
        {
            // Of a look that nobody waits for any more.
        }
        finally
        {
            _busy = mine != _asked;
        }
    }

    private Task RetryAsync() => ActAsync(() => Api.RetryImageAsync(EventId, ImageId));

    private async Task DeleteAsync()
    {
        var sure = await Dialogs.ShowMessageBoxAsync(
            W["Board.Delete.Title"], W["Board.Delete.Text"], yesText: W["Board.Delete.Yes"], cancelText: W["Cancel"]);
        if (sure == true)
        {
            await ActAsync(async () =>
            {
                await Api.DeleteImageAsync(EventId, ImageId);
                Navigation.NavigateTo($"events/{EventId}/board");
            });
        }
    }

    private async Task ActAsync(Func<Task> action)
    {
        _acting = true;
        Error = null;
        try
        {
            await action();
        }
        catch (ApiException exception)
        {
            Error = exception;
        }
        finally
        {
            _acting = false;
        }
    }
}
