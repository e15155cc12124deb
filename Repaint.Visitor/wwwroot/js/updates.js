// Hears of every change: by stream, by polling with ETag where streams do not get through, and at once after sleep.
import { authorization, request, refusal, Refused } from "./api.js";
import { pause } from "./pictures.js";

// The server gives a sign of life every 15 s; a stream that is quiet for longer is dead.
const silence = 35_000;
const pollEvery = 5_000;
// After so many polls the stream gets another chance.
const pollsBetweenStreams = 12;

export class Updates {
  #onUpdate;
  #onReach;
  #version = -1;
  #round = new AbortController();
  #running = false;

  /** `onUpdate(update)` for what is newer; `onReach(isReached)` when the server is reached or lost. */
  constructor(onUpdate, onReach) {
    this.#onUpdate = onUpdate;
    this.#onReach = onReach;
    document.addEventListener("visibilitychange", () => this.#again());
    addEventListener("online", () => this.#again());
    addEventListener("offline", () => { this.#onReach(false); this.#again(); });
    addEventListener("pageshow", (event) => event.persisted && this.#again());
  }

  start(version = -1) {
    this.#version = version;
    this.#running = true;
    this.#again();
  }

  stop() {
    this.#running = false;
    this.#round.abort();
  }

  #again() {
    this.#round.abort();
    // What nobody looks at need not be kept up to date.
    if (!this.#running || document.visibilityState === "hidden") return;
    this.#round = new AbortController();
    this.#follow(this.#round.signal);
  }

  async #follow(signal) {
    for (let failures = 0; !signal.aborted;) {
      try {
        await this.#stream(signal);
        failures = 0;
      } catch (error) {
        if (signal.aborted || (error instanceof Refused && error.status === 401)) return;
        failures++;
        // One broken stream is an accident; the second time something in between does not like streams.
        if (failures > 1) await this.#poll(signal);
      }
      await pause(Math.min(500 * 2 ** failures, 4_000), signal);
    }
  }

  async #stream(signal) {
    const stop = new AbortController();
    const abort = () => stop.abort();
    signal.addEventListener("abort", abort);
    let timer = setTimeout(abort, silence);
    try {
      const response = await fetch("/api/visitors/me/updates/stream", {
        headers: { ...authorization(), ...(this.#version >= 0 && { "Last-Event-ID": `${this.#version}` }) },
        cache: "no-store", credentials: "omit", signal: stop.signal,
      });
      if (!response.ok) throw await refusal(response);
      const reader = response.body.getReader();
      const decoder = new TextDecoder();
      for (let rest = ""; ;) {
        const { value, done } = await reader.read();
        if (done) return;
        clearTimeout(timer);
        timer = setTimeout(abort, silence);
        this.#onReach(true);
        rest = this.#read(rest + decoder.decode(value, { stream: true }));
      }
    } finally {
      clearTimeout(timer);
      signal.removeEventListener("abort", abort);
    }
  }

  // Server-sent events: blocks of "field: value" lines, an empty line after each.
  #read(text) {
    const blocks = text.replace(/\r\n/g, "\n").split("\n\n");
    const rest = blocks.pop();
    for (const block of blocks) {
      const fields = Object.fromEntries(block.split("\n").map((line) => line.split(/: ?(.*)/s)));
      if (fields.event === "update") this.#take(JSON.parse(fields.data));
    }
    return rest;
  }

  async #poll(signal) {
    for (let count = 0; count < pollsBetweenStreams && !signal.aborted; count++) {
      try {
        const headers = this.#version >= 0 ? { "If-None-Match": `"${this.#version}"` } : {};
        const response = await request("GET", "/api/visitors/me/updates", { headers, signal });
        this.#onReach(true);
        if (response.status === 200) this.#take(await response.json());
      } catch (error) {
        if (signal.aborted) return;
        if (error instanceof Refused && error.status === 401) throw error;
        if (!(error instanceof Refused)) this.#onReach(false);
      }
      await pause(pollEvery, signal);
    }
  }

  #take(update) {
    if (update.version <= this.#version) return;
    this.#version = update.version;
    this.#onUpdate(update);
  }
}
