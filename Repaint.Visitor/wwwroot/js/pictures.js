// Fetching pictures: ask for a one-time URL, use it at once. An address that leaks is an address that has been used.
import { api, refusal, Refused, Unreachable } from "./api.js";

const tries = 40;

/**
 * A picture as a blob, with the version it shows. Waits while it is being made.
 * `wanted`: rendition (thumbnail, view, full) and, to see one palette alone, paletteId.
 */
export async function fetchPicture(imageId, wanted, { signal, onWait } = {}) {
  for (let attempt = 0; ; attempt++) {
    try {
      const link = await api.link(imageId, wanted);
      return { blob: await redeem(link.url, signal), version: link.version };
    } catch (error) {
      const passing = error instanceof Refused && ["not-ready", "url-used", "url-expired", "rate-limited", "unavailable"].includes(error.code);
      if (!passing || attempt >= tries || signal?.aborted) throw error;
      onWait?.();
      await pause(Math.min(Math.max(error.retryAfter, 0.5), 5) * 1000, signal);
    }
  }
}

async function redeem(url, signal) {
  let response;
  try {
    response = await fetch(url, { cache: "no-store", credentials: "omit", referrerPolicy: "no-referrer", signal });
    if (response.ok) return await response.blob();
  } catch {
    throw new Unreachable();
  }
  throw await refusal(response);
}

export const pause = (milliseconds, signal) => new Promise((resolve) => {
  const timer = setTimeout(resolve, milliseconds);
  signal?.addEventListener("abort", () => { clearTimeout(timer); resolve(); });
});
