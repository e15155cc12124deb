namespace Repaint.Imaging.Palettes;

/// <summary>
/// Names for colours. English names and values are those of X.Org's <c>rgb.txt</c> (MIT licence) and CSS Color Level 4,
/// which took it over; the Japanese ones are what such a colour is called in Japan. Like that table's numbered shades (80 %
/// and 55 % of a colour), many come in darker shades too, and in one darker still: photographs are darker and duller than a
/// table of paints.
/// </summary>
internal static class ColourNames
{
    private static readonly (double Brightness, string Ja, string En)[] Shades =
        [(1, "", ""), (0.8, "落ち着いた", "calm "), (0.55, "深い", "deep "), (0.3, "夜の", "night ")];

    private static readonly (int Rgb, string Ja, string En)[] Shaded =
    [
        (0xfffafa, "雪色", "snow"), (0xfff5ee, "貝殻色", "seashell"), (0xffefdb, "生成り色", "antique white"),
        (0xffe4c4, "ビスク色", "bisque"), (0xffdab9, "杏色", "peach puff"), (0xfffacd, "レモンシフォン", "lemon chiffon"),
        (0xfff8dc, "とうもろこし色", "cornsilk"), (0xfffff0, "象牙色", "ivory"), (0xf0fff0, "白緑色", "honeydew"),
        (0xfff0f5, "淡い桜貝色", "lavender blush"), (0xffe4e1, "桜色", "misty rose"), (0xf0ffff, "白藍色", "azure"),
        (0x836fff, "桔梗色", "slate blue"), (0x4876ff, "瑠璃色", "royal blue"), (0x0000ff, "青", "blue"),
        (0x1e90ff, "露草色", "dodger blue"), (0x63b8ff, "勿忘草色", "steel blue"), (0x87ceff, "空色", "sky blue"),
        (0x98f5ff, "白群色", "cadet blue"), (0x00f5ff, "ターコイズ", "turquoise"), (0x00ffff, "シアン", "cyan"),
        (0x7fffd4, "アクアマリン", "aquamarine"), (0x54ff9f, "若竹色", "sea green"), (0x00ff7f, "若緑色", "spring green"),
        (0x00ff00, "緑", "green"), (0x7fff00, "若草色", "chartreuse"), (0xc0ff3e, "萌黄色", "olive drab"),
        (0xfff68f, "カーキ色", "khaki"), (0xffff00, "黄色", "yellow"), (0xffd700, "金色", "gold"), (0xffc125, "山吹色", "goldenrod"),
        (0xffc1c1, "薄紅色", "rosy brown"), (0xff6a6a, "紅梅色", "Indian red"), (0xff8247, "柿色", "sienna"),
        (0xffd39b, "木肌色", "burlywood"), (0xffe7ba, "小麦色", "wheat"), (0xffa54f, "蜜柑色", "tan"), (0xff7f24, "金茶色", "chocolate"),
        (0xff3030, "緋色", "firebrick"), (0xff4040, "茜色", "brown"), (0xff8c69, "サーモン色", "salmon"),
        (0xffa500, "橙色", "orange"), (0xff7256, "珊瑚色", "coral"), (0xff6347, "トマト色", "tomato"), (0xff4500, "朱色", "orange red"),
        (0xff0000, "赤", "red"), (0xff6eb4, "ホットピンク", "hot pink"), (0xffb5c5, "ピンク", "pink"), (0xff34b3, "牡丹色", "maroon"),
        (0xff3e96, "つつじ色", "violet red"), (0xff00ff, "マゼンタ", "magenta"), (0xff83fa, "カトレア色", "orchid"), (0xffbbff, "なでしこ色", "plum"),
        (0x9b30ff, "紫", "purple"), (0xffe1ff, "あざみ色", "thistle"),
    ];

    private static readonly (int Rgb, string Ja, string En)[] Plain =
    [
        (0x000000, "黒", "black"), (0x333333, "濃い墨色", "grey 20"), (0x4d4d4d, "墨色", "grey 30"), (0x696969, "鈍色", "dim grey"),
        (0x808080, "灰色", "grey"), (0xa9a9a9, "濃い銀色", "dark grey"), (0xc0c0c0, "銀色", "silver"), (0xd3d3d3, "明るい灰色", "light grey"),
        (0xf5f5f5, "胡粉色", "white smoke"), (0xffffff, "白", "white"), (0x708090, "藍鼠色", "slate grey"),
        (0x778899, "明るい藍鼠色", "light slate grey"), (0x2f4f4f, "鉄色", "dark slate grey"), (0x191970, "真夜中の青", "midnight blue"),
        (0x000080, "紺色", "navy"), (0x556b2f, "松葉色", "dark olive green"), (0x808000, "オリーブ色", "olive"),
        (0x006400, "深緑", "dark green"), (0x228b22, "常磐緑", "forest green"), (0x8fbc8f, "柳色", "dark sea green"),
        (0x9aff9a, "淡い緑", "pale green"), (0x8b4513, "栗色", "saddle brown"), (0xcd853f, "狐色", "peru"),
        (0xe6e6fa, "ラベンダー", "lavender"), (0x4b0082, "茄子紺", "indigo"), (0x008080, "青緑", "teal"), (0xf5f5dc, "ベージュ", "beige"),
        (0xbfefff, "水色", "light blue"), (0xcae1ff, "淡い勿忘草色", "light steel blue"), (0xbbffff, "淡いターコイズ", "pale turquoise"),
        (0x6495ed, "矢車菊色", "cornflower blue"), (0x483d8b, "濃い桔梗色", "dark slate blue"),
        (0x8b0000, "えんじ色", "dark red"), (0xdb7093, "ばら色", "pale violet red"), (0x9370db, "藤紫", "medium purple"),
        (0xee82ee, "すみれ色", "violet"), (0xdc143c, "真紅", "crimson"), (0xadff2f, "黄緑", "green yellow"), (0xf4a460, "砂茶色", "sandy brown"),
    ];

    private static readonly Candidate[] Candidates =
    [
        .. Shaded.SelectMany(colour => Shades.Select(
            shade => Candidate.Of(colour.Rgb, shade.Brightness, shade.Ja + colour.Ja, shade.En + colour.En))),
        .. Plain.Select(colour => Candidate.Of(colour.Rgb, 1, colour.Ja, colour.En)),
    ];

    /// <summary>A name for each colour, all different: the closest pairs of colour and name first, in OKLab.</summary>
    public static PaletteName[] For(IReadOnlyList<PaletteColour> colours)
    {
        var pairs =
            from index in Enumerable.Range(0, colours.Count)
            let lab = OklabPlanes.FromColour(colours[index])
            from name in Candidates
            select (Index: index, name.Name, Distance: name.SquaredDistance(lab));
        var names = new PaletteName[colours.Count];
        var taken = new HashSet<string>();
        foreach (var (index, name, _) in pairs.OrderBy(pair => pair.Distance))
        {
            if (names[index] is null && taken.Add(name.En))
            {
                names[index] = name;
            }
        }

        return names;
    }

    private sealed record Candidate(PaletteName Name, (double L, double A, double B) Lab)
    {
        // A wrong hue is a wrong name sooner than a wrong lightness is.
        private const double ChromaWeight = 2;

        public static Candidate Of(int rgb, double brightness, string ja, string en)
        {
            return new Candidate(new PaletteName(ja, en), OklabPlanes.FromColour(new PaletteColour(Part(16), Part(8), Part(0))));

            byte Part(int shift) => (byte)Math.Round((rgb >> shift & 255) * brightness);
        }

        public double SquaredDistance((double L, double A, double B) other)
        {
            var (l, a, b) = (Lab.L - other.L, ChromaWeight * (Lab.A - other.A), ChromaWeight * (Lab.B - other.B));
            return l * l + a * a + b * b;
        }
    }
}
