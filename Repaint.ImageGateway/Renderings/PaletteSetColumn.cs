using Microsoft.EntityFrameworkCore.Storage.ValueConversion;
using Repaint.Contracts;

namespace Repaint.ImageGateway.Renderings;

/// <summary>A palette set as the integer of its mask, because PostgreSQL has no unsigned 16-bit type.</summary>
internal static class PaletteSetColumn
{
    public static ValueConverter<PaletteSet, int> Converter { get; } = new(set => set.Mask, mask => new PaletteSet((ushort)mask));
}
