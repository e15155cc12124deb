using System.CommandLine;
using Repaint.Benchmarks;
using Repaint.Benchmarks.Api;
using Repaint.Benchmarks.Festival;
using Repaint.Benchmarks.Gateway;
using Repaint.Benchmarks.Imaging;
using Repaint.Benchmarks.Messaging;

// One entry for each `./repaint bench NAME` and `./repaint drill NAME`.
IReadOnlyList<IMeasurement> benchmarks =
    [new ApiBenchmark(), new ContactSheets(), new FestivalBenchmark(), new GatewayBenchmark(), new ImagingBenchmark(), new MessagingBenchmark(),
     new PaletteOrderBenchmark()];
IReadOnlyList<IMeasurement> drills = [new CrashDrill(), new OneTimeUrlDrill()];

if (args is [WorkerMemory.Verb, var photo])
{
    await WorkerMemory.RunAsync(photo);
    return 0;
}

var program = new RootCommand("Re:paint measured against its peers, and drills too long for the tests")
{
    MeasurementCommand.Create("bench", "Measure against the peers and print a table", benchmarks),
    MeasurementCommand.Create("drill", "Run a long test; ends by itself", drills),
};
return await program.Parse(args).InvokeAsync();
