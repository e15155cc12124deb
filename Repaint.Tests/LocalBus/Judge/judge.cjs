// What Microsoft's own client has to say about a broker: one scenario a run, named on the command line.
// CONNECTION is the connection string, QUEUE the queue; LOCK_MS its lock. Exits 0 when the scenario holds.
const assert = require("node:assert/strict");
const { spawn } = require("node:child_process");
const { ServiceBusClient } = require("@azure/service-bus");
const Long = require("long");

const connection = process.env.CONNECTION;
const queue = process.env.QUEUE;
const lock = Number(process.env.LOCK_MS);
const patience = { maxWaitTimeInMs: 60_000 };
// Past the moment at which the broker gives up a lock: the client's clock is the broker's.
const lockExpires = () => new Promise(resolve => setTimeout(resolve, lock + 300));

async function withClient(use, text = connection, options = {}) {
  const client = new ServiceBusClient(text, { retryOptions: { maxRetries: 1, retryDelayInMs: 100 }, ...options });
  try {
    return await use(client);
  } finally {
    await client.close();
  }
}

async function receive(receiver, count) {
  const messages = [];
  while (messages.length < count) {
    const some = await receiver.receiveMessages(count - messages.length, patience);
    assert.notEqual(some.length, 0, `only ${messages.length} of ${count} came`);
    messages.push(...some);
  }
  return messages;
}

async function fails(action, code) {
  await assert.rejects(action, error => {
    // After several tries all their errors come together.
    assert.equal((error.errors?.at(-1) ?? error).code, code, String(error));
    return true;
  });
}

const deadLetters = client => client.createReceiver(queue, { subQueueType: "deadLetter" });

const scenarios = {
  async "send, receive, complete"(client) {
    const sender = client.createSender(queue);
    await sender.sendMessages({
      body: { text: "hello" }, messageId: "first", subject: "label", contentType: "application/json",
      correlationId: "other", applicationProperties: { text: "value", number: 7, flag: true },
    });
    const receiver = client.createReceiver(queue);
    const [message] = await receive(receiver, 1);
    assert.deepEqual(message.body, { text: "hello" });
    assert.equal(message.messageId, "first");
    assert.equal(message.subject, "label");
    assert.equal(message.correlationId, "other");
    assert.deepEqual({ ...message.applicationProperties }, { text: "value", number: 7, flag: true });
    assert.equal(message.deliveryCount, 0);
    assert.ok(message.lockedUntilUtc > message.enqueuedTimeUtc);
    await receiver.completeMessage(message);
    assert.deepEqual(await receiver.peekMessages(10), []);
  },

  async "abandoned until it is dead-lettered"(client) {
    await client.createSender(queue).sendMessages({ body: "again" });
    const receiver = client.createReceiver(queue);
    for (let delivery = 0; delivery < 3; delivery++) {
      const [message] = await receive(receiver, 1);
      assert.equal(message.deliveryCount, delivery);
      assert.equal(message.applicationProperties?.last, delivery === 0 ? undefined : delivery - 1);
      await receiver.abandonMessage(message, { last: delivery });
    }
    const [dead] = await receive(deadLetters(client), 1);
    assert.equal(dead.deadLetterReason, "MaxDeliveryCountExceeded");
    assert.equal(dead.applicationProperties.last, 2);
    assert.equal(dead.deadLetterSource, queue);
  },

  async "dead-lettered with a reason, and completed there"(client) {
    await client.createSender(queue).sendMessages({ body: "bad" });
    const receiver = client.createReceiver(queue);
    const [message] = await receive(receiver, 1);
    await receiver.deadLetterMessage(message, { deadLetterReason: "corrupt", deadLetterErrorDescription: "no picture", extra: "kept" });
    const graveyard = deadLetters(client);
    const [dead] = await receive(graveyard, 1);
    assert.equal(dead.deadLetterReason, "corrupt");
    assert.equal(dead.deadLetterErrorDescription, "no picture");
    assert.equal(dead.applicationProperties.extra, "kept");
    await graveyard.completeMessage(dead);
    assert.deepEqual(await deadLetters(client).peekMessages(10), []);
  },

  async "deferred, and received by its number"(client) {
    const sender = client.createSender(queue);
    await sender.sendMessages([{ body: "later" }, { body: "now" }]);
    const receiver = client.createReceiver(queue);
    const [later, now] = await receive(receiver, 2);
    assert.equal(later.body, "later");
    await receiver.deferMessage(later);
    await receiver.completeMessage(now);
    assert.deepEqual((await receiver.peekMessages(10)).map(message => message.state), ["deferred"]);
    const [deferred] = await receiver.receiveDeferredMessages(later.sequenceNumber);
    assert.equal(deferred.body, "later");
    await fails(() => receiver.receiveDeferredMessages(later.sequenceNumber), "MessageNotFound");
    const until = await receiver.renewMessageLock(deferred);
    assert.ok(until > new Date());
    await receiver.abandonMessage(deferred);
    const [again] = await receiver.receiveDeferredMessages([later.sequenceNumber]);
    assert.equal(again.deliveryCount, 1);
    await receiver.completeMessage(again);
    assert.deepEqual(await client.createReceiver(queue).peekMessages(10), []);
    await fails(() => receiver.receiveDeferredMessages(Long.fromNumber(123456789)), "MessageNotFound");
  },

  async "scheduled, and taken back"(client) {
    const sender = client.createSender(queue);
    const due = new Date(Date.now() + 2_000);
    const [first, second] = await sender.scheduleMessages([{ body: "first" }, { body: "second" }], due);
    await sender.sendMessages({ body: "third", scheduledEnqueueTimeUtc: due });
    const receiver = client.createReceiver(queue);
    const waiting = await receiver.peekMessages(10);
    assert.deepEqual(waiting.map(message => message.state), ["scheduled", "scheduled", "scheduled"]);
    assert.ok(waiting[0].sequenceNumber.equals(first));
    await sender.cancelScheduledMessages(second);
    await fails(() => sender.cancelScheduledMessages(second), "MessageNotFound");
    const came = await receive(receiver, 2);
    assert.deepEqual(came.map(message => message.body), ["first", "third"]);
    assert.ok(came.every(message => message.enqueuedTimeUtc >= due));
    await Promise.all(came.map(message => receiver.completeMessage(message)));
    assert.deepEqual(await client.createReceiver(queue).peekMessages(10), []);
  },

  async "peeked, page by page"(client) {
    const sender = client.createSender(queue);
    await sender.sendMessages(Array.from({ length: 400 }, (_, number) => ({ body: number })));
    const receiver = client.createReceiver(queue);
    const seen = [];
    for (let page; (page = await receiver.peekMessages(150)).length > 0;) {
      seen.push(...page.map(message => message.body));
    }
    assert.deepEqual(seen, Array.from({ length: 400 }, (_, number) => number));
    const [from] = await receiver.peekMessages(1, { fromSequenceNumber: Long.fromNumber(1) });
    assert.equal(from.body, 0);
  },

  async "a batch, as full as it goes"(client) {
    const sender = client.createSender(queue);
    const batch = await sender.createMessageBatch();
    assert.ok(batch.maxSizeInBytes >= 256 * 1024);
    while (batch.tryAddMessage({ body: "x".repeat(1000) }));
    assert.ok(batch.count > 200);
    await sender.sendMessages(batch);
    const receiver = client.createReceiver(queue, { receiveMode: "receiveAndDelete" });
    await receive(receiver, batch.count);
  },

  async "the same id twice"(client) {
    const sender = client.createSender(queue);
    await sender.sendMessages({ body: "once", messageId: "same" });
    await sender.sendMessages({ body: "twice", messageId: "same" });
    const peeked = await client.createReceiver(queue).peekMessages(10);
    assert.deepEqual(peeked.map(message => message.body), ["once"]);
  },

  async "outlives its time"(client) {
    await client.createSender(queue).sendMessages({ body: "brief", timeToLive: 100 });
    const [dead] = await receive(deadLetters(client), 1);
    assert.equal(dead.deadLetterReason, "TTLExpiredException");
  },

  async "a lock is renewed"(client) {
    await client.createSender(queue).sendMessages({ body: "long work" });
    const receiver = client.createReceiver(queue);
    const [message] = await receive(receiver, 1);
    const before = message.lockedUntilUtc;
    const until = await receiver.renewMessageLock(message);
    assert.ok(until >= before);
    await receiver.completeMessage(message);
  },

  async "a lock is lost"(client) {
    await client.createSender(queue).sendMessages({ body: "slow" });
    const receiver = client.createReceiver(queue, { maxAutoLockRenewalDurationInMs: 0 });
    const [message] = await receive(receiver, 1);
    await lockExpires();
    const [again] = await receive(client.createReceiver(queue), 1);
    assert.equal(again.deliveryCount, 1);
    await fails(() => receiver.completeMessage(message), "MessageLockLost");
    await fails(() => receiver.renewMessageLock(message), "MessageLockLost");
  },

  async "received and deleted"(client) {
    await client.createSender(queue).sendMessages([{ body: 1 }, { body: 2 }]);
    const receiver = client.createReceiver(queue, { receiveMode: "receiveAndDelete" });
    assert.deepEqual((await receive(receiver, 2)).map(message => message.body), [1, 2]);
    await receiver.close();
    while ((await client.createReceiver(queue).peekMessages(1)).length > 0);
  },

  async "nothing to receive"(client) {
    const receiver = client.createReceiver(queue);
    for (let round = 0; round < 3; round++) {
      assert.deepEqual(await receiver.receiveMessages(5, { maxWaitTimeInMs: 200 }), []);
    }
    await client.createSender(queue).sendMessages({ body: "at last" });
    await receive(receiver, 1);
  },

  async "subscribed, eight at a time"(client) {
    const sender = client.createSender(queue);
    const seen = new Set();
    let underWay = 0;
    await new Promise((resolve, reject) => {
      client.createReceiver(queue).subscribe({
        processMessage: async message => {
          assert.ok(++underWay <= 8);
          await new Promise(setImmediate);
          underWay--;
          seen.add(message.body);
          if (seen.size === 500) resolve();
        },
        processError: async failure => reject(failure.error),
      }, { maxConcurrentCalls: 8 });
      for (let start = 0; start < 500; start += 50) {
        sender.sendMessages(Array.from({ length: 50 }, (_, number) => ({ body: start + number }))).catch(reject);
      }
    });
  },

  async "200 KB messages"(client) {
    const sender = client.createSender(queue);
    const bodies = Array.from({ length: 10 }, (_, number) => Buffer.alloc(200 * 1024, number + 1));
    await Promise.all(bodies.map((body, number) => sender.sendMessages({ body, messageId: `${number}` })));
    const receiver = client.createReceiver(queue);
    for (const message of await receive(receiver, bodies.length)) {
      assert.ok(bodies[Number(message.messageId)].equals(message.body));
      await receiver.completeMessage(message);
    }
  },

  async "a hundred new connections"(client) {
    const warm = client.createSender(queue);
    await warm.sendMessages({ body: "warm" });
    for (let tens = 0; tens < 10; tens++) {
      await Promise.all(Array.from({ length: 10 }, () => withClient(async another => {
        await another.createSender(queue).sendMessages({ body: "hello" });
        const [message] = await receive(another.createReceiver(queue, { receiveMode: "receiveAndDelete" }), 1);
        assert.ok(message);
      })));
    }
  },

  async "a consumer killed while it holds messages"(client) {
    await client.createSender(queue).sendMessages(Array.from({ length: 10 }, (_, number) => ({ body: number })));
    const holder = spawn(process.execPath, [__filename, "hold ten"], { env: process.env, stdio: ["ignore", "pipe", "inherit"] });
    await new Promise(resolve => holder.stdout.once("data", resolve));
    holder.kill("SIGKILL");
    const came = await receive(client.createReceiver(queue), 10);
    assert.deepEqual(came.map(message => message.body).sort((a, b) => a - b), Array.from({ length: 10 }, (_, number) => number));
    assert.ok(came.every(message => message.deliveryCount === 1));
  },

  // The other half of the above.
  async "hold ten"(client) {
    await receive(client.createReceiver(queue), 10);
    process.stdout.write("held");
    await new Promise(resolve => setTimeout(resolve, 600_000));
  },

  async "a wrong key"() {
    const wrong = connection.replace(/SharedAccessKey=[^;]*/, "SharedAccessKey=bm90IHRoZSBrZXkgb2YgdGhpcyBidXM=");
    await withClient(async client => {
      await fails(() => client.createSender(queue).sendMessages({ body: "uninvited" }), "UnauthorizedAccess");
      await fails(() => client.createReceiver(queue).receiveMessages(1, patience), "UnauthorizedAccess");
    }, wrong);
  },

  async "no such queue"(client) {
    await fails(() => client.createSender("no-such-queue").sendMessages({ body: "nowhere" }), "MessagingEntityNotFound");
  },

  async "what is not covered says so"(client) {
    await assert.rejects(() => client.acceptSession(queue, "session"), /session/i);
  },
};

const name = process.argv[2];
withClient(scenarios[name]).then(
  () => process.exit(0),
  error => {
    console.error(error);
    process.exit(1);
  });
