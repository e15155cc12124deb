using Repaint.Contracts.Http;

namespace Repaint.Local.Demo;

/// <summary>An event to try things out in: a default picture and a few spots. Made once, found again later.</summary>
/// <param name="Event">The event.</param>
/// <param name="Spots">Its spots.</param>
internal sealed record DemoEvent(EventSummary Event, IReadOnlyList<SpotDetails> Spots)
{
    private const string Name = "Demo";
    private static readonly string[] SpotNames = ["Gate", "Stage", "Bridge"];
    private static readonly string DefaultImage = Path.Combine(AppContext.BaseDirectory, "Demo", "default.jpg");

    /// <summary>Finds the event, and makes whatever of it is missing.</summary>
    public static async Task<DemoEvent> EnsureAsync(StaffClient staff, CancellationToken cancellationToken)
    {
        var profile = await staff.GetProfileAsync(cancellationToken);
        var demo = profile.Events.FirstOrDefault(mine => mine.Name == Name) ?? await CreateAsync(staff, cancellationToken);

        var spots = (await staff.GetSpotsAsync(demo.Id, cancellationToken)).ToList();
        foreach (var missing in SpotNames.Except(spots.Select(spot => spot.Name)))
        {
            spots.Add(await staff.CreateSpotAsync(demo.Id, new SpotSettings(missing), cancellationToken));
        }

        // The same bytes again are the same image.
        await staff.AddImageAsync(demo.Id, await File.ReadAllBytesAsync(DefaultImage, cancellationToken), cancellationToken);
        return new DemoEvent(demo, spots);
    }

    private static async Task<EventSummary> CreateAsync(StaffClient staff, CancellationToken cancellationToken)
    {
        var created = await staff.CreateEventAsync(new EventSettings(Name), cancellationToken);
        return new EventSummary(created.Id, created.Name, created.PaletteCount);
    }
}
