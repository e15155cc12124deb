namespace Repaint.Contracts;

/// <summary>What people call a colour; no two palettes of one picture have the same name.</summary>
/// <param name="Ja">Japanese.</param>
/// <param name="En">English.</param>
public sealed record ColourName(string Ja, string En);
