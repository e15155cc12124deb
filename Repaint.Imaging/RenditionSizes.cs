namespace Repaint.Imaging;

/// <summary>Long sides in pixels of what is made from a photograph. Nothing is ever enlarged to reach them.</summary>
public static class RenditionSizes
{
    /// <summary>A picture in a list.</summary>
    public const int Thumbnail = 320;

    /// <summary>A picture on a screen; the size at which the sketch is drawn.</summary>
    public const int View = 1600;

    /// <summary>The map of palettes.</summary>
    public const int Map = 1024;
}
