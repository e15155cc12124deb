using System.CommandLine;
using Repaint.Benchmarks.Measuring;

namespace Repaint.Benchmarks;

internal static class MeasurementCommand
{
    // measures.md of the product's plan: a median of at least five rounds.
    private const int DefaultRounds = 5;

    public static Command Create(string name, string description, IReadOnlyList<IMeasurement> measurements)
    {
        var command = new Command(name, description);
        foreach (var measurement in measurements)
        {
            var rounds = new Option<int>("--rounds")
            {
                Description = "How often each takes its turn",
                HelpName = "N",
                DefaultValueFactory = _ => DefaultRounds,
            };
            rounds.Validators.Add(result =>
            {
                if (result.GetValueOrDefault<int>() < 1)
                {
                    result.AddError("--rounds is 1 or more.");
                }
            });
            var one = new Command(measurement.Name, measurement.Description) { rounds };
            one.SetAction(async (parsed, cancellation) =>
            {
                Versions.Print(Console.Out);
                return await measurement.RunAsync(parsed.GetValue(rounds), Console.Out, cancellation) ? 0 : 1;
            });
            command.Add(one);
        }

        return command;
    }
}
