namespace Repaint.Benchmarks.Imaging;

/// <param name="File">In <see cref="BenchmarkPhotos.Folder"/>, or a path of its own.</param>
/// <param name="Licence">And whose it is, as the Debian package says that it comes from.</param>
/// <param name="Tuned">Whether it was looked at while the algorithms were tuned; figures of quality are reported apart.</param>
internal sealed record BenchmarkPhoto(string File, string Licence, bool Tuned)
{
    public string Name => System.IO.Path.GetFileNameWithoutExtension(File);

    public string Path => System.IO.Path.Combine(BenchmarkPhotos.Folder, File);
}

/// <summary>Freely licensed pictures that apt installs: up to 20 megapixels, both orientations, a face, a night sky, nearly one colour, foliage.</summary>
internal static class BenchmarkPhotos
{
    public const string Folder = "/usr/share/backgrounds";
    public const string Install = "apt-get install lomiri-wallpapers-16.04 lomiri-wallpapers-20.04 python3-skimage";

    /// <summary>12.2 megapixels, progressive.</summary>
    public const string Twelve = "sunset_by_Aitzol_Berasategi.jpg";

    /// <summary>20.4 megapixels: the largest photograph among them.</summary>
    public const string Largest = "Kleiber_by_Lukas_Baubkus.jpg";

    public static IReadOnlyList<BenchmarkPhoto> All { get; } =
    [
        new("friends_by_Aitzol_Berasategi.jpg", "CC BY 4.0, Aitzol Berasategi", Tuned: true),
        new("/usr/lib/python3/dist-packages/skimage/data/astronaut.png", "public domain, NASA", Tuned: true),
        new(Twelve, "CC BY 4.0, Aitzol Berasategi", Tuned: true),
        new(Largest, "CC BY-SA 3.0, Lukas Baubkus", Tuned: true),
        new("Dragonfly_by_Bolly.jpg", "CC BY-SA 4.0, Bolly", Tuned: true),
        new("Wine_by_Jakkub_Mede.jpg", "CC BY 4.0, Jakub Mede", Tuned: true),
        new("umang_by_Abhishek_Mudgal.jpg", "CC BY 4.0, Abhishek Mudgal", Tuned: true),
        new("Fossa_by_Jasper_Roks.jpg", "CC BY-SA 3.0, Jasper Roks", Tuned: true),
        new("aitzgorri_by_Aitzol_Berasategi.jpg", "CC BY 4.0, Aitzol Berasategi", Tuned: false),
        new("life_by_Aitzol_Berasategi.jpg", "CC BY 4.0, Aitzol Berasategi", Tuned: false),
        new("picosdeeuropa_by_Aitzol_Berasategi.jpg", "CC BY 4.0, Aitzol Berasategi", Tuned: false),
        new("seeding_by_Clements_Engelhardt.jpg", "CC0 1.0, Clemens Engelhardt", Tuned: false),
        new("Picture_0B_by_freespace.jpg", "CC BY 4.0, Trevor \"Freespace\"", Tuned: false),
        new("Bridge_by_Sander_Klootwijk.jpg", "CC BY-SA 4.0, Sander Klootwijk", Tuned: false),
        new("free_by_Peter_Nerlich.jpg", "CC BY-SA 4.0, Peter Nerlich", Tuned: false),
        new("Infinite-Sea_by_Aury88.jpg", "CC BY-SA 3.0, Aury88", Tuned: false),
    ];

    /// <summary>Null when all are there.</summary>
    public static string? Missing() =>
        All.FirstOrDefault(photo => !File.Exists(photo.Path)) is { } missing ? $"{missing.File} is missing: {Install}" : null;
}
