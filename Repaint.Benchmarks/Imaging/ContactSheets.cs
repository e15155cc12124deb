using Repaint.Benchmarks.Measuring;
using Repaint.Imaging.Normalising;
using Repaint.Imaging.Palettes;
using Repaint.Imaging.Sketching;

namespace Repaint.Benchmarks.Imaging;

/// <summary>Draws the pictures of docs/imaging.md: no measure sees everything that an eye does.</summary>
internal sealed class ContactSheets : IMeasurement
{
    private const int Palettes = 12;

    public string Name => "contact-sheets";

    public string Description => "Draw the contact sheets of docs/imaging.md anew, to be looked at";

    public async Task<bool> RunAsync(int rounds, TextWriter output, CancellationToken cancellationToken)
    {
        if (BenchmarkPhotos.Missing() is { } missing)
        {
            await output.WriteLineAsync(missing);
            return false;
        }

        var folder = Directory.CreateDirectory(Path.Combine(Repository(), "docs", "imaging")).FullName;
        var table = new Table("Photograph", "licence, author", "part");
        foreach (var photo in BenchmarkPhotos.All)
        {
            using var normalised = PhotoNormaliser.Normalise(await File.ReadAllBytesAsync(photo.Path, cancellationToken));
            using var sketch = PencilSketch.Draw(normalised);
            var map = PaletteClusterer.Cluster(normalised, sketch, Palettes);
            ContactSheet.Write(Path.Combine(folder, $"{photo.Name}.jpg"), normalised.EncodeView(), sketch.Encode(), map);
            table.Add(photo.Name, photo.Licence, photo.Part);
        }

        table.Print(output);
        await output.WriteLineAsync($"{folder}, {Directory.EnumerateFiles(folder).Sum(file => new FileInfo(file).Length) / 1024} KiB");
        return true;
    }

    private static string Repository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Repaint.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("This is not run from the repository.");
    }
}
