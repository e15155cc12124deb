using OpenCvSharp;

namespace Repaint.Imaging.Normalising;

/// <summary>Applies EXIF orientation (CIPA DC-008, tag 0x0112).</summary>
internal static class Orienting
{
    /// <summary>The image upright: itself, shared, when it already is.</summary>
    public static Mat Upright(Mat image, int orientation)
    {
        if (orientation == 1)
        {
            return new Mat(image, new Rect(default, image.Size()));
        }

        var upright = new Mat();
        switch (orientation)
        {
            case 2: Cv2.Flip(image, upright, FlipMode.Y); break;
            case 3: Cv2.Rotate(image, upright, RotateFlags.Rotate180); break;
            case 4: Cv2.Flip(image, upright, FlipMode.X); break;
            case 5: Cv2.Transpose(image, upright); break;
            case 6: Cv2.Rotate(image, upright, RotateFlags.Rotate90Clockwise); break;
            case 7:
                Cv2.Transpose(image, upright);
                Cv2.Rotate(upright, upright, RotateFlags.Rotate180);
                break;
            case 8: Cv2.Rotate(image, upright, RotateFlags.Rotate90Counterclockwise); break;
            default: throw new ArgumentOutOfRangeException(nameof(orientation));
        }

        return upright;
    }
}
