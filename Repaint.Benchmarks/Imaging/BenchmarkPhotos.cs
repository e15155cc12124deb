namespace Repaint.Benchmarks.Imaging;

/// <param name="File">In <see cref="BenchmarkPhotos.Folder"/>.</param>
/// <param name="Licence">And whose it is; Debian's package lomiri-wallpapers says so.</param>
/// <param name="Tuned">Whether it was looked at while the algorithms were tuned; figures of quality are reported apart.</param>
internal sealed record BenchmarkPhoto(string File, string Licence, bool Tuned)
{
    public string Path => System.IO.Path.Combine(BenchmarkPhotos.Folder, File);
}

/// <summary>Freely licensed photographs that apt installs: 4–24 megapixels, both orientations, people, night, nearly one colour.</summary>
internal static class BenchmarkPhotos
{
    public const string Folder = "/usr/share/backgrounds";
    public const string Install = "apt-get install lomiri-wallpapers-16.04 lomiri-wallpapers-20.04";

    /// <summary>12.2 megapixels, progressive.</summary>
    public const string Twelve = "sunset_by_Aitzol_Berasategi.jpg";

    /// <summary>24 megapixels.</summary>
    public const string TwentyFour = "Painting-Colors_by__herobrine7gamer.jpg";

    public static IReadOnlyList<BenchmarkPhoto> All { get; } =
    [
        new("friends_by_Aitzol_Berasategi.jpg", "CC BY 4.0, Aitzol Berasategi", Tuned: true),
        new(Twelve, "CC BY 4.0, Aitzol Berasategi", Tuned: true),
        new("umang_by_Abhishek_Mudgal.jpg", "CC BY 4.0, Abhishek Mudgal", Tuned: true),
        new("Wine_by_Jakkub_Mede.jpg", "CC BY 4.0, Jakub Mede", Tuned: true),
        new("Dragonfly_by_Bolly.jpg", "CC BY-SA 4.0, Bolly", Tuned: true),
        new("Fossa_by_Jasper_Roks.jpg", "CC BY-SA 3.0, Jasper Roks", Tuned: true),
        new("aitzgorri_by_Aitzol_Berasategi.jpg", "CC BY 4.0, Aitzol Berasategi", Tuned: false),
        new("life_by_Aitzol_Berasategi.jpg", "CC BY 4.0, Aitzol Berasategi", Tuned: false),
        new("picosdeeuropa_by_Aitzol_Berasategi.jpg", "CC BY 4.0, Aitzol Berasategi", Tuned: false),
        new("seeding_by_Clements_Engelhardt.jpg", "CC0 1.0, Clemens Engelhardt", Tuned: false),
        new("Picture_0B_by_freespace.jpg", "CC BY 4.0, Trevor \"Freespace\"", Tuned: false),
        new("Bridge_by_Sander_Klootwijk.jpg", "CC BY-SA 4.0, Sander Klootwijk", Tuned: false),
    ];
}
