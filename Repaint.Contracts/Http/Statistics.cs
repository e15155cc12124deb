namespace Repaint.Contracts.Http;

/// <summary>An event in numbers, of the visitors and images it has now.</summary>
/// <param name="Visitors">Visitors who joined.</param>
/// <param name="Photographed">Visitors who were photographed.</param>
/// <param name="Images">How many images are in each state; only states that occur.</param>
/// <param name="VisitorsByPalettesHeld">Index k: how many visitors hold exactly k palettes, 0 to all.</param>
/// <param name="HoldersByPalette">Index k: how many visitors hold palette k.</param>
/// <param name="Picks">Palettes won per spot and hour, in order of hour; only spots that exist.</param>
/// <param name="PaintingTimes">Time from photograph to its first painting.</param>
/// <param name="Pipeline">What is under way.</param>
/// <param name="At">When it was counted.</param>
public sealed record EventStatistics(
    int Visitors,
    int Photographed,
    IReadOnlyList<ImageStateCount> Images,
    IReadOnlyList<int> VisitorsByPalettesHeld,
    IReadOnlyList<int> HoldersByPalette,
    IReadOnlyList<SpotHour> Picks,
    PaintingTimes PaintingTimes,
    PipelineStatistics Pipeline,
    DateTimeOffset At);

/// <summary>Images in one state.</summary>
/// <param name="State">The state.</param>
/// <param name="Images">How many.</param>
public sealed record ImageStateCount(ImageState State, int Images);

/// <summary>Palettes won at one spot in one hour.</summary>
/// <param name="SpotId">The spot.</param>
/// <param name="SpotName">Its name.</param>
/// <param name="Hour">When the hour began, UTC.</param>
/// <param name="Picks">How many.</param>
public sealed record SpotHour(Guid SpotId, string SpotName, DateTimeOffset Hour, int Picks);

/// <summary>How long photographs took until their visitors could see the first picture made of them. Null without any.</summary>
/// <param name="Photographs">Photographs counted.</param>
/// <param name="MedianSeconds">Half of them took no longer.</param>
/// <param name="P95Seconds">95 % of them took no longer.</param>
/// <param name="MaxSeconds">The slowest.</param>
public sealed record PaintingTimes(int Photographs, double? MedianSeconds, double? P95Seconds, double? MaxSeconds);

/// <summary>What the event waits for, as the API knows it; the queues themselves are the operator's.</summary>
/// <param name="Clustering">Images that are neither clustered nor failed.</param>
/// <param name="Painting">Paintings asked for and not answered.</param>
public sealed record PipelineStatistics(WaitingWork Clustering, WaitingWork Painting);

/// <summary>Work that has not been done.</summary>
/// <param name="Waiting">How much.</param>
/// <param name="OldestSince">Since when the oldest waits; null when nothing does.</param>
public sealed record WaitingWork(int Waiting, DateTimeOffset? OldestSince);
