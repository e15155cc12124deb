using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Repaint.Messaging.Outbox;

internal sealed class OutboxMessageConfiguration : IEntityTypeConfiguration<OutboxMessage>
{
    public void Configure(EntityTypeBuilder<OutboxMessage> builder)
    {
        builder.ToTable("outbox_messages");
        builder.HasKey(message => message.Id);
        builder.Property(message => message.Id).UseIdentityAlwaysColumn();
        builder.Property(message => message.Queue).HasMaxLength(64);
        builder.Property(message => message.Subject).HasMaxLength(64);
        builder.Property(message => message.MessageId).HasMaxLength(128);
        builder.Property(message => message.OrderingKey).HasMaxLength(64);
        builder.Property(message => message.Body).HasColumnType("jsonb");
        builder.Property(message => message.TraceParent).HasMaxLength(64);
        builder.Property(message => message.TraceState).HasMaxLength(512);
    }
}
