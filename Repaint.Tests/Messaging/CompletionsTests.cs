using System.Collections.Concurrent;
using Repaint.Messaging.Processing;

namespace Repaint.Tests.Messaging;

public sealed class CompletionsTests
{
    private readonly ConcurrentQueue<Guid[]> _requests = new();
    private readonly Guid[] _tokens = [.. Enumerable.Range(0, 5).Select(_ => Guid.CreateVersion7())];

    [Fact]
    public async Task What_is_completed_while_a_request_is_under_way_shares_the_next()
    {
        var first = new TaskCompletionSource<bool>();
        var completions = new Completions(tokens =>
        {
            _requests.Enqueue(tokens);
            return _requests.Count == 1 ? first.Task : Task.FromResult(true);
        });

        var all = _tokens.Select(completions.CompleteAsync).ToArray();
        Assert.DoesNotContain(all, static one => one.IsCompleted);
        first.SetResult(true);

        Assert.All(await Task.WhenAll(all), Assert.True);
        Assert.Equal([_tokens[..1], _tokens[1..]], _requests);
    }

    [Fact]
    public async Task One_lost_lock_says_nothing_about_the_others()
    {
        var lost = _tokens[3];
        var first = new TaskCompletionSource<bool>();
        var completions = new Completions(tokens =>
        {
            _requests.Enqueue(tokens);
            return _requests.Count == 1 ? first.Task : Task.FromResult(!tokens.Contains(lost));
        });

        var all = _tokens.Select(completions.CompleteAsync).ToArray();
        first.SetResult(true);

        var completed = await Task.WhenAll(all);
        Assert.Equal([true, true, true, false, true], completed);
    }

    [Fact]
    public async Task A_request_that_fails_fails_for_those_in_it_and_no_one_later()
    {
        var first = new TaskCompletionSource<bool>();
        var completions = new Completions(tokens =>
        {
            _requests.Enqueue(tokens);
            return _requests.Count == 1 ? first.Task : Task.FromResult(true);
        });

        var failing = completions.CompleteAsync(_tokens[0]);
        var later = completions.CompleteAsync(_tokens[1]);
        first.SetException(new TimeoutException());

        await Assert.ThrowsAsync<TimeoutException>(() => failing);
        Assert.True(await later);
        Assert.True(await completions.CompleteAsync(_tokens[2]));
    }
}
