// Pictures of one-time URLs: fetched once and shown as blobs, as no such address works twice.
const patience = 40;

/** Address of a blob, or null. Waits for what is still being painted: a link is not used up by that answer. */
export async function load(url) {
  for (let attempt = 0; attempt < patience; attempt++) {
    const response = await fetch(url, { referrerPolicy: "no-referrer", cache: "no-store" }).catch(() => null);
    if (!response) {
      return null;
    }
    if (response.ok) {
      return URL.createObjectURL(await response.blob());
    }
    if (response.status !== 409) {
      return null;
    }
    const wait = Math.min(Number(response.headers.get("Retry-After")) || 1, 5);
    await new Promise(resolve => setTimeout(resolve, wait * 1000));
  }
  return null;
}

export function fromSvg(text) {
  return URL.createObjectURL(new Blob([text], { type: "image/svg+xml" }));
}

export function release(url) {
  URL.revokeObjectURL(url);
}
