using System.Diagnostics;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Migrations.Operations;
using Microsoft.EntityFrameworkCore.Migrations.Operations.Builders;
using Repaint.Contracts;
using Repaint.Contracts.Messages;

namespace Repaint.Messaging.Outbox;

/// <summary>Writing to the outbox.</summary>
public static class OutboxExtensions
{
    /// <summary>Name of the PostgreSQL notification that wakes the relay.</summary>
    public const string NotificationChannel = "repaint_outbox";

    /// <summary>Adds the outbox table to a model.</summary>
    public static ModelBuilder AddOutbox(this ModelBuilder model) => model.ApplyConfiguration(new OutboxMessageConfiguration());

    /// <summary>
    /// Adds a message to the context's change set: it is sent if, and only if, the transaction commits.
    /// It continues <paramref name="parent"/>, or the current activity's trace.
    /// </summary>
    public static void Publish<TMessage>(this DbContext context, TMessage message, TimeProvider time, ActivityContext? parent = null)
        where TMessage : IMessage
    {
        var trace = parent ?? Activity.Current?.Context;
        context.Set<OutboxMessage>().Add(new OutboxMessage
        {
            Queue = TMessage.Queue,
            Subject = TMessage.Subject,
            MessageId = message.MessageId,
            OrderingKey = message.OrderingKey,
            Body = JsonSerializer.Serialize(message, ContractsJson.Options),
            TraceParent = trace is { } span ? $"00-{span.TraceId}-{span.SpanId}-{(int)span.TraceFlags:x2}" : null,
            TraceState = trace?.TraceState,
            CreatedAt = time.GetUtcNow(),
        });
    }

    /// <summary>
    /// In a migration, after the table: a statement trigger that wakes the relay on commit, and the index by which the
    /// relay finds the first message of each ordering key.
    /// </summary>
    public static OperationBuilder<SqlOperation> NotifyOnOutbox(this MigrationBuilder migration) => migration.Sql($"""
        CREATE INDEX ix_outbox_messages_ordering_key_id ON outbox_messages (ordering_key, id);
        CREATE FUNCTION notify_outbox() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NOTIFY {NotificationChannel}; RETURN NULL; END $$;
        CREATE TRIGGER outbox_messages_notify AFTER INSERT ON outbox_messages FOR EACH STATEMENT EXECUTE FUNCTION notify_outbox();
        """);
}
