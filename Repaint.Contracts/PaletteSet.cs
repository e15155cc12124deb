using System.Globalization;
using System.Numerics;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Repaint.Contracts;

/// <summary>
/// A set of palettes of one image, as a 16-bit mask: bit <c>k</c> set means palette <c>k</c> is in the set.
/// Written as four lower-case hex digits (<c>00ff</c>) in JSON, blob names and traces.
/// </summary>
/// <param name="Mask">The mask; bit 0 is palette 0.</param>
[JsonConverter(typeof(PaletteSetJsonConverter))]
public readonly record struct PaletteSet(ushort Mask)
{
    /// <summary>Fewest palettes an event can have.</summary>
    public const int MinPalettes = 2;

    /// <summary>Most palettes an event can have; the width of the mask.</summary>
    public const int MaxPalettes = 16;

    /// <summary>The empty set: the sketch.</summary>
    public static PaletteSet None => default;

    /// <summary>Number of palettes in the set, 0–16.</summary>
    public int Count => BitOperations.PopCount(Mask);

    /// <summary>Every palette of an image that has <paramref name="paletteCount"/> of them: the original photograph.</summary>
    /// <param name="paletteCount">2–16.</param>
    /// <exception cref="ArgumentOutOfRangeException">The count is out of range.</exception>
    public static PaletteSet All(int paletteCount)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(paletteCount, MinPalettes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(paletteCount, MaxPalettes);
        return new PaletteSet((ushort)((1 << paletteCount) - 1));
    }

    /// <summary>The set of the given palette ids.</summary>
    /// <param name="paletteIds">Each 0–15; repeated ids count once.</param>
    /// <exception cref="ArgumentOutOfRangeException">An id is out of range.</exception>
    public static PaletteSet Of(params IEnumerable<int> paletteIds) =>
        paletteIds.Aggregate(None, (set, paletteId) => set.With(paletteId));

    /// <summary>Reads four hex digits.</summary>
    /// <exception cref="FormatException">The text is not four hex digits.</exception>
    public static PaletteSet Parse(string text) =>
        TryParse(text, out var set) ? set : throw new FormatException("A palette set is four hexadecimal digits.");

    /// <summary>Reads four hex digits; false when <paramref name="text"/> is anything else.</summary>
    public static bool TryParse(string? text, out PaletteSet set)
    {
        var valid = ushort.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var mask) && text.Length == 4;
        set = valid ? new PaletteSet(mask) : None;
        return valid;
    }

    /// <summary>Whether palette <paramref name="paletteId"/> is in the set; false for any id outside 0–15.</summary>
    public bool Contains(int paletteId) => paletteId is >= 0 and < MaxPalettes && (Mask >> paletteId & 1) == 1;

    /// <summary>The set with palette <paramref name="paletteId"/> (0–15) added.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The id is out of range.</exception>
    public PaletteSet With(int paletteId)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(paletteId);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(paletteId, MaxPalettes);
        return new PaletteSet((ushort)(Mask | (1 << paletteId)));
    }

    /// <summary>Whether the set holds every palette of an image with <paramref name="paletteCount"/> (2–16) palettes.</summary>
    public bool IsComplete(int paletteCount) => (Mask & All(paletteCount).Mask) == All(paletteCount).Mask;

    /// <summary>Whether no id of the set lies outside an image with <paramref name="paletteCount"/> (2–16) palettes.</summary>
    public bool FitsIn(int paletteCount) => (Mask & ~All(paletteCount).Mask) == 0;

    /// <summary>The palette ids in the set, ascending.</summary>
    public IEnumerable<int> PaletteIds()
    {
        for (var paletteId = 0; paletteId < MaxPalettes; paletteId++)
        {
            if (Contains(paletteId))
            {
                yield return paletteId;
            }
        }
    }

    /// <summary>Four lower-case hex digits.</summary>
    public override string ToString() => Mask.ToString("x4", CultureInfo.InvariantCulture);

    /// <summary>Public, as serialisers generated in other assemblies construct it.</summary>
    public sealed class PaletteSetJsonConverter : JsonConverter<PaletteSet>
    {
        /// <inheritdoc/>
        public override PaletteSet Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TokenType == JsonTokenType.String && TryParse(reader.GetString(), out var set)
                ? set
                : throw new JsonException("A palette set is four hexadecimal digits.");

        /// <inheritdoc/>
        public override void Write(Utf8JsonWriter writer, PaletteSet value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.ToString());
    }
}
