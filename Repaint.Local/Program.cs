using System.CommandLine;
using Repaint.Local;
using Repaint.Local.Verbs;

var repaint = new RootCommand("Re:paint on one machine")
{
    UpVerb.Create(),
    StatusVerb.Create(),
    DownVerb.Create(),
    DemoVerb.Create(),
    TestVerb.Create(),
    DeadLettersVerb.Create(),
    ServeVerb.Create(),
    SeedVerb.Create(),
    MeasureVerbs.CreateBench(),
    MeasureVerbs.CreateDrill(),
};

try
{
    // Ctrl-C cancels; stopping everything in order takes a while.
    return await repaint.Parse(args).InvokeAsync(new InvocationConfiguration
    {
        EnableDefaultExceptionHandler = false,
        ProcessTerminationTimeout = TimeSpan.FromMinutes(2),
    });
}
catch (Exception exception) when (exception is LocalException or IOException or UnauthorizedAccessException)
{
    // A full disk, somebody else's folder: the message names the path.
    Console.Error.WriteLine(exception.Message);
    return 1;
}
catch (OperationCanceledException)
{
    return 130;
}
