using Microsoft.EntityFrameworkCore;

namespace Repaint.Tests.Messaging;

// When the relay looks: told by the database, by itself, and until nothing is left.
public sealed partial class OutboxTests
{
    [Fact]
    public async Task A_commit_wakes_the_relay_long_before_it_would_look_by_itself()
    {
        await using var service = await StartAsync(("Messaging:OutboxPollInterval", "00:10:00"));
        for (var sent = 0; sent < 3; sent++)
        {
            var message = Inbox.Message();
            await PublishAsync(message);

            // Gives up after three minutes.
            Assert.Equal(message, (await _inbox.ReceiveAsync()).Message);
            await WaitUntilEmptyAsync();
        }
    }

    [Fact]
    public async Task More_than_one_batch_holds_goes_out_all_the_same()
    {
        const int Count = 1_200;
        var image = Guid.CreateVersion7();
        await PublishAsync([.. Enumerable.Range(1, Count).Select(attempt => Inbox.Message(attempt, image))]);

        await using var service = await StartAsync(("Messaging:OutboxPollInterval", "00:10:00"));

        for (var attempt = 1; attempt <= Count; attempt++)
        {
            Assert.Equal(attempt, (await _inbox.ReceiveAsync()).Message.Attempt);
        }

        await WaitUntilEmptyAsync();
    }

    [Fact]
    public async Task A_missed_notification_is_made_up_for_by_polling()
    {
        await using (var context = Context())
        {
            await context.Database.ExecuteSqlRawAsync("DROP TRIGGER outbox_messages_notify ON outbox_messages", Cancellation);
        }

        await using var service = await StartAsync(("Messaging:OutboxPollInterval", "00:00:00.2"));
        var message = Inbox.Message();
        await PublishAsync(message);

        Assert.Equal(message, (await _inbox.ReceiveAsync()).Message);
    }
}
