using Microsoft.EntityFrameworkCore;

namespace Repaint.Api.Persistence;

internal static class Transactions
{
    /// <summary>
    /// Runs <paramref name="work"/> in a transaction and commits. The whole of it runs again after a transient failure
    /// (lost connection, deadlock), so it must not have effects outside the database.
    /// </summary>
    public static Task<T> InTransactionAsync<T>(
        this RepaintDbContext context, Func<CancellationToken, Task<T>> work, CancellationToken cancellation) =>
        context.Database.CreateExecutionStrategy().ExecuteAsync(async token =>
        {
            context.ChangeTracker.Clear();
            await using var transaction = await context.Database.BeginTransactionAsync(token);
            var result = await work(token);
            await transaction.CommitAsync(token);
            return result;
        }, cancellation);

    /// <inheritdoc cref="InTransactionAsync{T}"/>
    public static Task InTransactionAsync(
        this RepaintDbContext context, Func<CancellationToken, Task> work, CancellationToken cancellation) =>
        context.InTransactionAsync(async token =>
        {
            await work(token);
            return true;
        }, cancellation);
}
