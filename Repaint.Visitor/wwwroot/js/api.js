// The public API. The token goes into the Authorization header and nowhere else.
const patience = 20_000;

/** The API said no; `code` says why. */
export class Refused extends Error {
  constructor(status, code, retryAfter) {
    super(`${status} ${code}`);
    Object.assign(this, { status, code, retryAfter });
  }
}

/** No answer: no network, or nobody there. */
export class Unreachable extends Error {}

let token = null;
let onRejected = () => {};

export const useToken = (value) => { token = value; };

export const authorization = () => (token ? { Authorization: `Bearer ${token}` } : {});

/** What to do when the token is not accepted any more. */
export const whenRejected = (act) => { onRejected = act; };

/** A response that is final: anything but network trouble and server trouble. */
export async function request(method, path, { body, headers, signal } = {}) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), patience);
  signal?.addEventListener("abort", () => stop.abort());
  let response;
  try {
    response = await fetch(path, {
      method,
      headers: { ...authorization(), ...(body && { "Content-Type": "application/json" }), ...headers },
      body: body && JSON.stringify(body),
      cache: "no-store",
      credentials: "omit",
      signal: stop.signal,
    });
  } catch {
    throw new Unreachable();
  } finally {
    clearTimeout(timer);
  }
  if (response.ok || response.status === 304) return response;
  throw await refusal(response);
}

/** What a problem document says. */
export async function refusal(response) {
  const problem = await response.json().catch(() => ({}));
  const retryAfter = Number(response.headers.get("Retry-After"));
  if (response.status === 401 && token) onRejected();
  return new Refused(response.status, problem.code ?? "internal", Number.isFinite(retryAfter) ? retryAfter : 0);
}

async function json(method, path, body) {
  const response = await request(method, path, { body });
  return response.status === 204 ? null : response.json();
}

export const api = {
  event: (id) => json("GET", `/api/events/${encodeURIComponent(id)}`),
  join: (id) => json("POST", `/api/events/${encodeURIComponent(id)}/visitors`),
  recover: (recoveryCode) => json("POST", "/api/visitors/recover", { recoveryCode }),
  me: () => json("GET", "/api/visitors/me"),
  erase: () => json("DELETE", "/api/visitors/me"),
  qr: async () => (await request("GET", "/api/visitors/me/qr.svg")).blob(),
  images: () => json("GET", "/api/visitors/me/images"),
  select: (imageId) => json("PUT", "/api/visitors/me/selected-image", { imageId }),
  pick: (code, pickId) => json("POST", "/api/visitors/me/picks", { code, pickId }),
  link: (imageId, wanted) => json("POST", `/api/visitors/me/images/${imageId}/one-time-url`, wanted),
};
