namespace Repaint.Imaging.Normalising;

/// <summary>Pixels from a decoder that is not part of this library.</summary>
/// <param name="Width">Pixels, upright.</param>
/// <param name="Height">Pixels, upright.</param>
/// <param name="Bgr">8-bit blue, green, red, row by row without padding; still in the colours of the file's profile.</param>
public sealed record DecodedPhoto(int Width, int Height, byte[] Bgr);
