using System.Net.ServerSentEvents;
using Microsoft.AspNetCore.Components;
using MudBlazor;
using Repaint.Console.Api;
using Repaint.Contracts;
using Repaint.Contracts.Http;

namespace Repaint.Console.Board;

/// <summary>Every image of the event with its life, as it happens.</summary>
public sealed partial class BoardPage
{
    /// <summary>The address's parameter for the event's own images alone.</summary>
    public const string EventImagesOnly = "eventImages";

    private const int PageSize = 50;

    private static readonly TimeSpan CountEvery = TimeSpan.FromSeconds(5);

    private static readonly ImageState?[] Filters =
        [null, ImageState.Queued, ImageState.Clustering, ImageState.Clustered, ImageState.Failed];

    private readonly BoardImages _images = new();
    private readonly Dictionary<Guid, string> _thumbnails = [];
    private readonly Dictionary<Guid, int?> _thumbnailRevisions = [];
    private ITimer? _clock;
    private EventStatistics? _statistics;
    private string? _search;
    private bool _live;
    private bool _loading;
    private bool _busy;
    private bool _listening;
    private int _asked;

    /// <summary>Begin with the event's own images alone.</summary>
    [SupplyParameterFromQuery(Name = EventImagesOnly)]
    private bool StartWithEventImages { get; set; }

    protected override async ValueTask OnLeaveAsync()
    {
        if (_clock is not null)
        {
            await _clock.DisposeAsync();
        }

        foreach (var address in _thumbnails.Values)
        {
            await Pictures.ReleaseAsync(address);
        }
    }

    protected override async Task OnEventAsync()
    {
        await StartAsync(_listening ? _images.Query : new BoardQuery(EventImages: StartWithEventImages));
        if (!_listening && !Leaving.IsCancellationRequested)
        {
            _listening = true;
            // Ages grow while one looks, and what waits is counted anew.
            _clock = Time.CreateTimer(_ => _ = InvokeAsync(CountAsync), null, TimeSpan.Zero, CountEvery);
            _ = Feed.ListenAsync(EventId, ReceiveAsync, SetLive, Leaving);
        }
    }

    private string? ServerSearch => _search?.Trim() is { Length: >= 4 } text && text.All(letter => char.IsAsciiHexDigit(letter) || letter == '-')
        ? text.ToLowerInvariant()
        : null;

    /// <summary>Of all pictures, when they have been counted; otherwise of those loaded.</summary>
    private int Failed => Math.Max(
        _statistics?.Images.FirstOrDefault(count => count.State == ImageState.Failed)?.Images ?? 0,
        _images.All.Count(image => image.State == ImageState.Failed));

    private string Queue(WaitingWork work) => work.OldestSince is { } since
        ? W["Queue.Oldest", work.Waiting, W.Age(Time.GetUtcNow() - since)]
        : W["Queue.None"];

    private async Task CountAsync()
    {
        try
        {
            await Profile.LoadAsync();
            _statistics = await Api.StatisticsAsync(EventId);
        }
        catch (ApiException)
        {
            // The last count stays; the next one comes soon.
        }

        StateHasChanged();
    }

    private static string ShortId(ImageDetails image) => image.ImageId.ToString()[^6..];

    private Task FilterAsync(BoardQuery query) => GuardAsync(() => StartAsync(query));

    private Task MoreAsync() => GuardAsync(async () =>
    {
        var query = _images.Query;
        var page = await Api.ImagesAsync(EventId, query, _images.Next, PageSize);
        if (query == _images.Query)
        {
            _images.Add(page);
            await LoadThumbnailsAsync();
        }
    });

    private async Task StartAsync(BoardQuery filters)
    {
        var mine = ++_asked;
        _loading = true;
        try
        {
            var query = await WithSearchAsync(filters);
            var page = await Api.ImagesAsync(EventId, query, cursor: null, PageSize);
            if (mine != _asked)
            {
                // Somebody quick has asked for something else meanwhile.
                return;
            }

            _images.Start(page, query);
        }
        finally
        {
            _loading = mine != _asked;
        }

        StateHasChanged();
        await LoadThumbnailsAsync();
    }

    private async Task<BoardQuery> WithSearchAsync(BoardQuery filters)
    {
        if (VisitorShortCode.TryParse(_search, out var code))
        {
            try
            {
                return filters with { VisitorId = (await Api.FindVisitorAsync(EventId, code)).VisitorId, Search = null };
            }
            catch (ApiException exception) when (exception.Trouble == Trouble.NotFound)
            {
                // No visitor's code, but perhaps the beginning of an id.
            }
        }

        return filters with { VisitorId = null, Search = ServerSearch };
    }

    private async Task ReceiveAsync(SseItem<string> item)
    {
        switch (item.EventType)
        {
            case FeedEvents.Resync:
                await GuardAsync(() => StartAsync(_images.Query));
                break;
            case FeedEvents.Image or FeedEvents.Erased when EventFeed.Read(item.Data) is { } change:
                var different = change.Image is { } image ? _images.Apply(image) : _images.Remove(change.ErasedImageId ?? Guid.Empty);
                if (different)
                {
                    StateHasChanged();
                    await LoadThumbnailsAsync();
                }

                break;
        }
    }

    private async Task LoadThumbnailsAsync()
    {
        var missing = _images.All
            .Where(image => image.ServingRevision is not null && _thumbnailRevisions.GetValueOrDefault(image.ImageId) != image.ServingRevision)
            .Take(ThumbnailsRequest.MaxImages)
            .ToDictionary(image => image.ImageId, image => image.ServingRevision);
        if (missing.Count == 0)
        {
            return;
        }

        foreach (var (imageId, revision) in missing)
        {
            _thumbnailRevisions[imageId] = revision;
        }

        try
        {
            var page = await Api.ThumbnailsAsync(EventId, [.. missing.Keys]);
            await Task.WhenAll(page.Thumbnails.Where(thumbnail => thumbnail.Url is not null).Select(ShowAsync));
        }
        catch (ApiException)
        {
            // The board is useful without; they are asked for again with the next change.
            foreach (var imageId in missing.Keys)
            {
                _thumbnailRevisions.Remove(imageId);
            }
        }
    }

    private async Task ShowAsync(Thumbnail thumbnail)
    {
        if (await Pictures.LoadAsync(thumbnail.Url!) is { } address)
        {
            await Pictures.ReleaseAsync(_thumbnails.GetValueOrDefault(thumbnail.ImageId));
            _thumbnails[thumbnail.ImageId] = address;
            Refresh();
        }
    }

    private Task RetryAsync(Guid imageId) => GuardAsync(() => Api.RetryImageAsync(EventId, imageId));

    private Task RetryAllAsync() => GuardAsync(async () =>
    {
        RetriedImages retried;
        do
        {
            retried = await Api.RetryFailedAsync(EventId);
        }
        while (retried is { More: true, Retried: > 0 });

        Snackbar.Add(W["Board.Retried"], Severity.Success);
    });

    /// <summary>What is loaded is searched at once; the rest by whoever knows it: the API, by a visitor's code, the beginning of an id or a trace id.</summary>
    private Task SearchAsync() => GuardAsync(() => StartAsync(_images.Query));

    /// <summary>What stands in an image's row beside ids and names: it is searched, too.</summary>
    private string Say(ImageDetails image) =>
        $"{W[$"State.{image.State}"]} {(image.VisitorId is null ? W["Board.EventImage"] : "")} {(image.Reason is null ? "" : ReasonOf(image.Reason))}";

    private string ReasonOf(string reason) => W.Find($"Reason.{reason}") ?? W["Reason.unknown"];

    private async Task DeleteAsync(ImageDetails image)
    {
        var sure = await Dialogs.ShowMessageBoxAsync(
            W["Board.Delete.Title"], W["Board.Delete.Text"], yesText: W["Board.Delete.Yes"], cancelText: W["Cancel"]);
        if (sure == true)
        {
            await GuardAsync(async () =>
            {
                await Api.DeleteImageAsync(EventId, image.ImageId);
                _images.Remove(image.ImageId);
            });
        }
    }

    private async Task GuardAsync(Func<Task> action)
    {
        _busy = true;
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
            _busy = false;
            Refresh();
        }
    }

    private void SetLive(bool live)
    {
        _live = live;
        Refresh();
    }

    private void Refresh() => _ = InvokeAsync(StateHasChanged);
}
