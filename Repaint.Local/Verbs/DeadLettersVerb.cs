using System.CommandLine;
using Repaint.Contracts;
using Repaint.Local.Supervision;
using Repaint.Local.Topology;
using Repaint.Messaging;

namespace Repaint.Local.Verbs;

/// <summary><c>deadletters</c>: what no service could handle, for the operator; here or in any namespace.</summary>
internal static class DeadLettersVerb
{
    private const string Variable = "ConnectionStrings__" + ResourceNames.Messaging;

    public static Command Create() => new("deadletters", "What no service could handle: count, look, send again, throw away")
    {
        List(),
        Peek(),
        Take("redrive", "Send to its queue again", "sent again", static (letters, choose, cancellation) => letters.RedriveAsync(choose, cancellation)),
        Take("discard", "Throw away for good", "thrown away", static (letters, choose, cancellation) => letters.DiscardAsync(choose, cancellation)),
    };

    private static Command List()
    {
        var broker = new BrokerOptions();
        var verb = new Command("list", "How many each queue has") { broker.Data, broker.Connection };
        verb.SetAction((parsed, cancellation) => BrokerAsync(async () =>
        {
            var connection = broker.ConnectionString(parsed);
            foreach (var queue in QueueNames.All)
            {
                using var letters = Open(queue, connection);
                parsed.InvocationConfiguration.Output.WriteLine($"{queue,-16} {await letters.CountAsync(cancellation),6}");
            }
        }));
        return verb;
    }

    private static Command Peek()
    {
        var broker = new BrokerOptions();
        var queue = QueueArgument();
        var limit = new Option<int>("--max") { Description = "How many at most", HelpName = "N", DefaultValueFactory = _ => 20 };
        var verb = new Command("peek", "Look at them without taking them") { queue, limit, broker.Data, broker.Connection };
        verb.SetAction((parsed, cancellation) => BrokerAsync(async () =>
        {
            using var letters = Open(parsed.GetValue(queue)!, broker.ConnectionString(parsed));
            await foreach (var letter in letters.PeekAsync(cancellation).Take(parsed.GetValue(limit)))
            {
                parsed.InvocationConfiguration.Output.WriteLine(
                    $"{letter.SequenceNumber}  {letter.EnqueuedAt:u}  {letter.Subject}  {letter.MessageId}{(letter.IsSetAside ? "  (set aside)" : "")}\n"
                    + $"    {letter.Cause.Reason}: {letter.Cause.Description}\n    {letter.Body}");
            }
        }));
        return verb;
    }

    private static Command Take(
        string name, string description, string done, Func<DeadLetterQueue, Func<DeadLetter, bool>, CancellationToken, Task<int>> take)
    {
        var broker = new BrokerOptions();
        var queue = QueueArgument();
        var all = new Option<bool>("--all") { Description = "All of them" };
        var numbers = new Option<long[]>("--number")
        {
            Description = "The one with this number, as peek shows it; several may be given",
            HelpName = "N",
            AllowMultipleArgumentsPerToken = true,
            DefaultValueFactory = _ => [],
        };
        var verb = new Command(name, description) { queue, all, numbers, broker.Data, broker.Connection };
        verb.Validators.Add(result =>
        {
            if (result.GetValue(all) == (result.GetValue(numbers) is { Length: > 0 }))
            {
                result.AddError("Either --all or --number N.");
            }
        });
        verb.SetAction((parsed, cancellation) => BrokerAsync(async () =>
        {
            using var letters = Open(parsed.GetValue(queue)!, broker.ConnectionString(parsed));
            var chosen = parsed.GetValue(numbers)!;
            var taken = await take(letters, letter => parsed.GetValue(all) || chosen.Contains(letter.SequenceNumber), cancellation);
            parsed.InvocationConfiguration.Output.WriteLine($"{taken} {done}.");
        }));
        return verb;
    }

    private static Argument<string> QueueArgument()
    {
        var queue = new Argument<string>("QUEUE") { Description = string.Join(", ", QueueNames.All) };
        queue.AcceptOnlyFromAmong([.. QueueNames.All]);
        return queue;
    }

    private static DeadLetterQueue Open(string queue, string connectionString)
    {
        try
        {
            return DeadLetterQueue.Open(queue, connectionString, new MessagingOptions());
        }
        catch (FormatException exception)
        {
            throw new LocalException(exception.Message, exception);
        }
    }

    private static async Task<int> BrokerAsync(Func<Task> work)
    {
        try
        {
            await work();
            return 0;
        }
        catch (MessagingException exception)
        {
            throw new LocalException($"The broker did not do it: {exception.Message}", exception);
        }
    }

    /// <summary>Which broker: the one of the system that runs here, unless another is named.</summary>
    private sealed class BrokerOptions
    {
        public Option<string> Data { get; } = SystemOptions.Data();

        public Option<string?> Connection { get; } = new("--connection")
        {
            Description = $"Another broker: a connection string or a namespace's host name; {Variable} in the environment says the same in private",
            HelpName = "STRING",
            DefaultValueFactory = _ => Environment.GetEnvironmentVariable(Variable),
        };

        public string ConnectionString(ParseResult parsed)
        {
            if (parsed.GetValue(Connection) is { Length: > 0 } connection)
            {
                return connection;
            }

            var data = new DataFolder(parsed.GetValue(Data)!);
            return SystemState.Read(data) is { } state
                ? SystemTopology.BusConnectionString(data, new PortMap(state.Urls.Api.Port))
                : throw new LocalException($"Nothing is running on {data.Path}, and no --connection was given.");
        }
    }
}
