// Microsoft's client doing what ours does: `send COUNT OUTSTANDING`, `flow COUNT OUTSTANDING CONCURRENCY`,
// `latency COUNT RATE`, where rate 0 sends the next when the last has been handled. Prints figures on one line.
const { ServiceBusClient } = require("@azure/service-bus");

const client = new ServiceBusClient(process.env.CONNECTION);
const [what, count, ...rest] = [process.argv[2], ...process.argv.slice(3).map(Number)];
const queue = process.env.QUEUE;
const run = process.env.RUN;
const padding = "x".repeat(200);
const message = number => ({ body: { number, padding }, messageId: `${run}/${number}`, subject: "ping", contentType: "application/json" });

async function send(sender, numbers, outstanding) {
  const next = numbers[Symbol.iterator]();
  await Promise.all(Array.from({ length: outstanding }, async () => {
    for (let step; !(step = next.next()).done;) await sender.sendMessages(message(step.value));
  }));
}

const range = length => Array.from({ length }, (_, number) => number);
const seconds = since => Number(process.hrtime.bigint() - since) / 1e9;

let receiving;

function receive(count, concurrency, each) {
  const receiver = client.createReceiver(queue);
  let left = count;
  return new Promise((resolve, reject) => {
    const subscription = receiver.subscribe({
      processMessage: async message => {
        // Whatever another turn has left is none of ours.
        if (!message.messageId.startsWith(run)) return;
        each(message);
        if (--left === 0) resolve();
      },
      processError: async failure => reject(failure.error),
    }, { maxConcurrentCalls: concurrency });
    receiving = { receiver, subscription };
  });
}

const work = {
  async send(sender, outstanding) {
    const started = process.hrtime.bigint();
    await send(sender, range(count), outstanding);
    return [count / seconds(started)];
  },

  async flow(sender, outstanding, concurrency) {
    const started = process.hrtime.bigint();
    const all = receive(count, concurrency, () => {});
    await Promise.all([send(sender, range(count), outstanding), all]);
    return [count / seconds(started)];
  },

  async latency(sender, rate) {
    const sent = new Map();
    const latencies = [];
    let arrived = () => {};
    const all = receive(count, 32, message => {
      latencies.push(seconds(sent.get(message.body.number)) * 1000);
      arrived();
    });
    const started = process.hrtime.bigint();
    const sends = [];
    for (let number = 0; number < count;) {
      if (rate === 0) {
        const handled = new Promise(resolve => arrived = resolve);
        sent.set(number, process.hrtime.bigint());
        await sender.sendMessages(message(number++));
        await handled;
      } else {
        for (; number < Math.min(count, seconds(started) * rate); number++) {
          sent.set(number, process.hrtime.bigint());
          sends.push(sender.sendMessages(message(number)));
        }
        await new Promise(setImmediate);
      }
    }
    await Promise.all([all, ...sends]);
    return latencies;
  },
};

(async () => {
  const sender = client.createSender(queue);
  await sender.open?.();
  const figures = await work[what](sender, ...rest);
  // Waits until what was handled is settled, too: the next turn must not get it again.
  await receiving?.subscription.close();
  await receiving?.receiver.close();
  process.stdout.write(figures.join(" "), () => process.exit(0));
})().catch(error => {
  console.error(error);
  process.exit(1);
});
