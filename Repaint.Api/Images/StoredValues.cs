using System.Text.Json;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;
using Repaint.Contracts;
using Repaint.Contracts.Http;

namespace Repaint.Api.Images;

/// <summary>An image state as the contracts write it: <c>clustered</c>.</summary>
internal sealed class StoredImageState() : ValueConverter<ImageState, string>(
    state => Write(state), text => Enum.Parse<ImageState>(text, ignoreCase: true))
{
    public static string Write(ImageState state) => JsonNamingPolicy.CamelCase.ConvertName(state.ToString());
}

/// <summary>Palettes as the JSON that clients get.</summary>
internal sealed class StoredPalettes() : ValueConverter<IReadOnlyList<Palette>, string>(
    palettes => Write(palettes), json => JsonSerializer.Deserialize<IReadOnlyList<Palette>>(json, ContractsJson.Options)!)
{
    public static string Write(IReadOnlyList<Palette> palettes) => JsonSerializer.Serialize(palettes, ContractsJson.Options);

    internal sealed class Comparer() : ValueComparer<IReadOnlyList<Palette>>(
        (left, right) => ReferenceEquals(left, right) || (left != null && right != null && left.SequenceEqual(right)),
        palettes => palettes.Aggregate(0, (hash, palette) => HashCode.Combine(hash, palette)));
}
