namespace Repaint.Benchmarks.Imaging;

/// <param name="File">In <see cref="BenchmarkPhotos.Folder"/>, or a path of its own.</param>
/// <param name="Licence">And whose it is, as the Debian package says that it comes from.</param>
/// <param name="Tuned">Whether it, or its score, was looked at while the algorithms were tuned; figures of quality are reported apart.</param>
internal sealed record BenchmarkPhoto(string File, string Licence, bool Tuned)
{
    public string Name { get; init; } = System.IO.Path.GetFileNameWithoutExtension(File);

    /// <summary>What the tables call the part it belongs to.</summary>
    public string Part { get; init; } = Tuned ? "tuned" : "reported";

    public string Path => System.IO.Path.Combine(BenchmarkPhotos.Folder, File);
}

/// <summary>Freely licensed pictures that apt installs: up to 20 megapixels, both orientations, a face, a night sky, nearly one colour, foliage.</summary>
/// <remarks>
/// Reported on are all photographs of two megapixels and more, no drawings, that were left in these packages when the tuning
/// was done, and one that shows a person; chosen before any of them was taken apart.
/// </remarks>
internal static class BenchmarkPhotos
{
    public const string Folder = "/usr/share/backgrounds";
    public const string Install =
        "apt-get install lomiri-wallpapers-16.04 lomiri-wallpapers-20.04 mate-backgrounds palapeli-data plasma-workspace-wallpapers python3-skimage python3-sklearn";

    private const string Samples = "/usr/lib/python3/dist-packages/skimage/data";
    private const string Flowers = "/usr/lib/python3/dist-packages/sklearn/datasets/images";
    private const string Puzzles = "/usr/share/palapeli/collection";

    /// <summary>12.2 megapixels, progressive.</summary>
    public const string Twelve = "sunset_by_Aitzol_Berasategi.jpg";

    /// <summary>20.4 megapixels: the largest photograph among them.</summary>
    public const string Largest = "Kleiber_by_Lukas_Baubkus.jpg";

    public static IReadOnlyList<BenchmarkPhoto> All { get; } =
    [
        new("friends_by_Aitzol_Berasategi.jpg", "CC BY 4.0, Aitzol Berasategi", Tuned: true),
        new($"{Samples}/astronaut.png", "public domain, NASA", Tuned: true),
        new(Twelve, "CC BY 4.0, Aitzol Berasategi", Tuned: true),
        new(Largest, "CC BY-SA 3.0, Lukas Baubkus", Tuned: true),
        new("Dragonfly_by_Bolly.jpg", "CC BY-SA 4.0, Bolly", Tuned: true),
        new("Wine_by_Jakkub_Mede.jpg", "CC BY 4.0, Jakub Mede", Tuned: true),
        new("umang_by_Abhishek_Mudgal.jpg", "CC BY 4.0, Abhishek Mudgal", Tuned: true),
        new("Fossa_by_Jasper_Roks.jpg", "CC BY-SA 3.0, Jasper Roks", Tuned: true),
        new("aitzgorri_by_Aitzol_Berasategi.jpg", "CC BY 4.0, Aitzol Berasategi", Tuned: true),
        new("life_by_Aitzol_Berasategi.jpg", "CC BY 4.0, Aitzol Berasategi", Tuned: true),
        new("picosdeeuropa_by_Aitzol_Berasategi.jpg", "CC BY 4.0, Aitzol Berasategi", Tuned: true),
        new("seeding_by_Clements_Engelhardt.jpg", "CC0 1.0, Clemens Engelhardt", Tuned: true),
        new("Picture_0B_by_freespace.jpg", "CC BY 4.0, Trevor \"Freespace\"", Tuned: true),
        new("Bridge_by_Sander_Klootwijk.jpg", "CC BY-SA 4.0, Sander Klootwijk", Tuned: true),
        new("free_by_Peter_Nerlich.jpg", "CC BY-SA 4.0, Peter Nerlich", Tuned: true),
        new("Infinite-Sea_by_Aury88.jpg", "CC BY-SA 3.0, Aury88", Tuned: true),
        new($"{Samples}/camera.png", "CC0 1.0, Lav Varshney", Tuned: false),
        new("greentock_by_Peter_Nerlich.jpg", "CC BY-SA 4.0, Peter Nerlich", Tuned: false),
        new("analogpattern_by_Peter_Nerlich.jpg", "CC BY-SA 4.0, Peter Nerlich", Tuned: false),
        Plasma("BytheWater", "Maciej Wiklo"),
        Plasma("ColdRipple", "Risto Saukonpää"),
        Plasma("ColorfulCups", "Dmitri Popov"),
        Plasma("DarkestHour", "Risto Saukonpää"),
        Plasma("EveningGlow", "Ian Hex"),
        Plasma("FallenLeaf", "Martin Klapetek"),
        Plasma("Grey", "Sigi Sagi"),
        Plasma("Kite", "Risto Saukonpää"),
        Plasma("OneStandsOut", "Risto Saukonpää"),
        Plasma("Path", "Risto Saukonpää"),
        Plasma("summer_1am", "Risto Saukonpää"),
        Mate("Aqua", "Charles Barbin"),
        Mate("Blinds", "Lennart Poettering, Andrea Cimitan"),
        Mate("Garden", "Charles Barbin"),
        Mate("LadyBird", "Charles Barbin"),
        Mate("RainDrops", "blackcombwhistler07"),
        Mate("Storm", "Sergey Nazarov"),
        Mate("TwoWings", "Charles Barbin, Hylke Bons"),
        Mate("Wood", "Jean-François Fortin Tam"),
        Mate("YellowFlower", "Charles Barbin"),
    ];

    /// <summary>
    /// The photographs of less than two megapixels and of 600 pixels a side and more, too small to say much about quality: what
    /// was left when the merging was made steadier, after the order of palettes had been looked at on all the others.
    /// </summary>
    public static IReadOnlyList<BenchmarkPhoto> Small { get; } =
    [
        Mate("Dune", "Marco Cogoni, Hylke Bons") with { Part = "small" },
        Mate("FreshFlower", "Jens Ansorg") with { Part = "small" },
        Mate("GreenMeadow", "Timothy Schellhase, Lapo Calamandrei") with { Part = "small" },
        new("Picture_1A_by_freespace.jpg", "CC BY 4.0, Trevor \"Freespace\"", Tuned: false) { Part = "small" },
        new($"{Samples}/coffee.png", "CC0 1.0, Rachel Michetti", Tuned: false) { Part = "small" },
        new($"{Samples}/motorcycle_left.png", "CC0 1.0, Daniel Scharstein", Tuned: false) { Part = "small" },
        new($"{Samples}/rocket.jpg", "CC0 1.0, SpaceX", Tuned: false) { Part = "small" },
        new($"{Flowers}/china.jpg", "CC BY 2.0, Daniel Buechele", Tuned: false) { Part = "small" },
        new($"{Flowers}/flower.jpg", "CC BY 2.0, vultilion", Tuned: false) { Part = "small" },
        new($"{Puzzles}/castle-maintenon.jpg", "GFDL, Eric Pouhier", Tuned: false) { Part = "small" },
        new($"{Puzzles}/cincinnati-bridge.jpg", "public domain, Derek Jensen", Tuned: false) { Part = "small" },
        new($"{Puzzles}/citrus-fruits.jpg", "public domain, US Department of Agriculture", Tuned: false) { Part = "small" },
        new($"{Puzzles}/european-honey-bee.jpg", "public domain, John Severns", Tuned: false) { Part = "small" },
        new($"{Puzzles}/panther-chameleon-female.jpg", "GFDL, B. Navez and others", Tuned: false) { Part = "small" },
    ];

    /// <summary>What a crowd brings: most of the size that cameras make, as the rest is not.</summary>
    public static IReadOnlyList<BenchmarkPhoto> Crowd { get; } = [.. All.Where(photo => photo.Tuned)];

    /// <summary>Null when all are there.</summary>
    public static string? Missing() =>
        All.Concat(Small).FirstOrDefault(photo => !File.Exists(photo.Path)) is { } missing ? $"{missing.File} is missing: {Install}" : null;

    private static BenchmarkPhoto Plasma(string name, string author) =>
        new($"/usr/share/wallpapers/{name}/contents/images/2560x1600.jpg", $"LGPL 3, {author}", Tuned: false) { Name = name };

    private static BenchmarkPhoto Mate(string name, string author) => new($"mate/nature/{name}.jpg", $"GPL 2 or later, {author}", Tuned: false);
}
