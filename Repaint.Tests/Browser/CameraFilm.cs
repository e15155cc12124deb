using System.Text;
using OpenCvSharp;
using QRCoder;

namespace Repaint.Tests.Browser;

/// <summary>What a fake camera sees: a QR code on a grey wall, then perhaps a picture, as an uncompressed film (YUV4MPEG2).</summary>
internal static class CameraFilm
{
    private const int Width = 640;
    private const int Height = 480;
    private const int Frames = 4;
    private const byte Wall = 170;
    private const byte Black = 20;
    private const byte White = 235;
    private const byte NoColour = 128;

    public static void Write(string path, string text)
    {
        using var file = Create(path, framesPerSecond: 10);
        Write(file, Code(text), Frames);
    }

    /// <summary>Shows the code for three seconds, then the picture for six; and so on.</summary>
    public static void Write(string path, string text, byte[] picture)
    {
        using var file = Create(path, framesPerSecond: 2);
        Write(file, Code(text), count: 6);
        Write(file, Picture(picture), count: 12);
    }

    private static FileStream Create(string path, int framesPerSecond)
    {
        var file = File.Create(path);
        file.Write(Encoding.ASCII.GetBytes($"YUV4MPEG2 W{Width} H{Height} F{framesPerSecond}:1 Ip A1:1 C420jpeg\n"));
        return file;
    }

    private static void Write(FileStream file, byte[] frame, int count)
    {
        for (var written = 0; written < count; written++)
        {
            file.Write("FRAME\n"u8);
            file.Write(frame);
        }
    }

    private static byte[] Code(string text)
    {
        var frame = new byte[Width * Height * 3 / 2];
        Array.Fill(frame, NoColour);
        Draw(frame.AsSpan(0, Width * Height), text);
        return frame;
    }

    private static byte[] Picture(byte[] picture)
    {
        using var decoded = Cv2.ImDecode(picture, ImreadModes.Color);
        using var fitted = new Mat();
        Cv2.Resize(decoded, fitted, new Size(Width, Height), interpolation: InterpolationFlags.Area);
        using var planes = new Mat();
        Cv2.CvtColor(fitted, planes, ColorConversionCodes.BGR2YUV_I420);
        return planes.AsSpan<byte>().ToArray();
    }

    private static void Draw(Span<byte> luma, string text)
    {
        using var code = QRCodeGenerator.GenerateQrCode(text, QRCodeGenerator.ECCLevel.M);
        var modules = code.ModuleMatrix;
        var scale = (Height - 60) / modules.Count;
        var left = (Width - (modules.Count * scale)) / 2;
        var top = (Height - (modules.Count * scale)) / 2;
        luma.Fill(Wall);
        for (var y = 0; y < modules.Count * scale; y++)
        {
            for (var x = 0; x < modules.Count * scale; x++)
            {
                luma[((top + y) * Width) + left + x] = modules[y / scale][x / scale] ? Black : White;
            }
        }
    }
}
