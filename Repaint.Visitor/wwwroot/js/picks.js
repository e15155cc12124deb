// Picking palettes. A pick keeps its id until the API has answered, so that a repetition wins nothing twice.
import { api, Refused, Unreachable } from "./api.js";
import { change, load } from "./store.js";

const waiting = "waiting-picks";
const staticKind = 1;
const maxCode = 128;

/** The code in what a camera read, or in the address the app was opened with; null when it is none of ours. */
export function codeIn(text) {
  const code = /#pick=([\w-]+)$/.exec(text)?.[1] ?? text;
  return /^[\w-]{16,}$/.test(code) && code.length <= maxCode && !/^[0-9a-f-]{36}$/i.test(code) ? code : null;
}

/** A printed code stays good; one on a tablet changes every few seconds. */
export function isStatic(code) {
  try {
    return atob(code.slice(0, 4).replace(/-/g, "+").replace(/_/g, "/")).charCodeAt(0) === staticKind;
  } catch {
    return false;
  }
}

/**
 * What came of it: { won }, { refused } or { kept } for later, which only static codes can be. Kept before it is sent:
 * an answer that gets lost on its way is asked for again.
 */
export async function pick(code) {
  const entry = { code, pickId: newId() };
  const keep = isStatic(code);
  if (keep) await change(waiting, (entries = []) => [...entries, entry]);
  try {
    const won = await api.pick(entry.code, entry.pickId);
    await drop(entry);
    return { won };
  } catch (error) {
    if (keep && (error instanceof Unreachable || isPassing(error))) return { kept: true };
    await drop(entry);
    return { refused: error instanceof Unreachable ? { code: "offline" } : error };
  }
}

/** Sends what waits, oldest first; answers what came of each. */
export async function sendWaiting() {
  const results = [];
  for (const entry of (await load(waiting)) ?? []) {
    try {
      results.push({ won: await api.pick(entry.code, entry.pickId) });
    } catch (error) {
      if (!(error instanceof Refused) || isPassing(error) || error.status === 401) break;
      results.push({ refused: error });
    }
    await drop(entry);
  }
  return results;
}

export const countWaiting = async () => ((await load(waiting)) ?? []).length;

const isPassing = (error) => error.status >= 500 || error.status === 429;

const drop = (entry) => change(waiting, (entries = []) => entries.filter((other) => other.pickId !== entry.pickId));

// crypto.randomUUID is missing in browsers of 2021.
function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
