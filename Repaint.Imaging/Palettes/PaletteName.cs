namespace Repaint.Imaging.Palettes;

/// <summary>What people call a palette's colour.</summary>
/// <param name="Ja">Japanese.</param>
/// <param name="En">English.</param>
public sealed record PaletteName(string Ja, string En);
