using System.Threading.Channels;
using Microsoft.EntityFrameworkCore;
using Repaint.Api.Persistence;

namespace Repaint.Api.Authentication;

/// <summary>
/// Finds out whose a token is. Thousands of visitors who only ask for news are most of the API's work: those who ask at the
/// same moment share a statement. Nothing is kept from one to the next, so that an erased visitor, or a token replaced by
/// recovery, is refused at once.
/// </summary>
internal sealed class VisitorLookup(IDbContextFactory<RepaintDbContext> contexts) : BackgroundService
{
    // So that one slow answer does not hold up everybody.
    private const int Readers = 4;
    private const int MaxBatch = 128;

    private static readonly Func<RepaintDbContext, byte[][], IAsyncEnumerable<VisitorIdentity>> Find = EF.CompileAsyncQuery(
        (RepaintDbContext context, byte[][] hashes) => context.Visitors
            .Where(visitor => hashes.Contains(visitor.TokenHash))
            .Select(visitor => new VisitorIdentity(visitor.Id, visitor.EventId, visitor.Version, visitor.TokenHash)));

    private readonly Channel<Question> _questions = Channel.CreateUnbounded<Question>();

    /// <summary>The visitor whose token has this hash; null for nobody's.</summary>
    public Task<VisitorIdentity?> FindAsync(byte[] tokenHash, CancellationToken cancellation)
    {
        var question = new Question(tokenHash, new TaskCompletionSource<VisitorIdentity?>(TaskCreationOptions.RunContinuationsAsynchronously));
        return _questions.Writer.TryWrite(question)
            ? question.Answer.Task.WaitAsync(cancellation)
            : Task.FromCanceled<VisitorIdentity?>(new CancellationToken(canceled: true));
    }

    /// <summary>The visitors of many tokens, by their hashes.</summary>
    public async Task<IReadOnlyDictionary<byte[], VisitorIdentity>> FindAsync(byte[][] tokenHashes, CancellationToken cancellation)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellation);
        var found = new Dictionary<byte[], VisitorIdentity>(tokenHashes.Length, TokenHashComparer.Instance);
        await foreach (var visitor in Find(context, tokenHashes).WithCancellation(cancellation))
        {
            found[visitor.TokenHash] = visitor;
        }

        return found;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await Task.WhenAll(Enumerable.Range(0, Readers).Select(_ => ReadAsync(stoppingToken)));
        }
        finally
        {
            _questions.Writer.TryComplete();
            while (_questions.Reader.TryRead(out var question))
            {
                question.Answer.TrySetCanceled(CancellationToken.None);
            }
        }
    }

    private async Task ReadAsync(CancellationToken stopping)
    {
        var batch = new List<Question>(MaxBatch);
        while (await _questions.Reader.WaitToReadAsync(stopping))
        {
            batch.Clear();
            while (batch.Count < MaxBatch && _questions.Reader.TryRead(out var question))
            {
                batch.Add(question);
            }

            if (batch.Count > 0)
            {
                await AnswerAsync(batch, stopping);
            }
        }
    }

    private async Task AnswerAsync(List<Question> batch, CancellationToken stopping)
    {
        try
        {
            var found = await FindAsync([.. batch.Select(question => question.TokenHash)], stopping);
            foreach (var question in batch)
            {
                question.Answer.TrySetResult(found.GetValueOrDefault(question.TokenHash));
            }
        }
        catch (Exception exception)
        {
            // Whatever it was, it is the askers' to hear; the next ones may fare better.
            foreach (var question in batch)
            {
                question.Answer.TrySetException(exception);
            }
        }
    }

    private sealed class TokenHashComparer : IEqualityComparer<byte[]>
    {
        public static readonly TokenHashComparer Instance = new();

        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        /// <summary>Any part of a SHA-256 is as good as another.</summary>
        public int GetHashCode(byte[] obj) => BitConverter.ToInt32(obj);
    }

    private sealed record Question(byte[] TokenHash, TaskCompletionSource<VisitorIdentity?> Answer);
}
