// Photographs on their way: kept on this device until their image has been clustered, sent when network and sign-in
// allow it, seen by every tab. One tab sends at a time.
import { accessToken } from "./sign-in.js";
import { photograph } from "./camera.js";
import { all, change as changeEntry, put, remove } from "./photographs.js";

let page = null;
let going = false;
let again = false;
let timer = 0;
const channel = new BroadcastChannel("repaint-outbox");

/** Starts sending; page.OnOutbox hears of every change. */
export async function start(dotnet) {
  page = dotnet;
  channel.onmessage = () => tell();
  addEventListener("online", go);
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && go());
  navigator.storage?.persist?.().catch(() => {});
  await tell();
  go();
}

/** Keeps the photograph just taken. */
export async function add(entry) {
  const blob = photograph();
  if (!blob) {
    return false;
  }
  await put({ ...entry, blob, state: "waiting", code: null, imageId: null, takenAt: Date.now() });
  await changed();
  go();
  return true;
}

export async function overwrite(id) {
  await change(id, { overwrite: true, state: "waiting", code: null });
  go();
}

/** Another try of what was refused: by the workers, when it had arrived; otherwise it is sent again. */
export async function retry(id) {
  await change(id, { state: "waiting", code: null, again: true });
  go();
}

export async function discard(id) {
  await remove(id);
  await changed();
}

/** Sends what waits. */
export function go() {
  clearTimeout(timer);
  if (going) {
    again = true;
    return;
  }
  going = true;
  navigator.locks.request("repaint-outbox", { ifAvailable: true }, lock => lock ? sendAll() : "elsewhere")
    .catch(() => "trouble")
    .then(result => {
      going = false;
      if (again) {
        again = false;
        go();
      } else if (result !== "empty") {
        timer = setTimeout(go, result === "working" ? 1000 : 5000);
      }
    });
}

// "empty": nothing left to do; "working": photographs are being clustered; "trouble": try again later.
async function sendAll() {
  const entries = await all();
  let outcome = "empty";
  for (const entry of entries) {
    if (entry.state === "waiting" || entry.state === "sending") {
      if (!await send(entry)) {
        return "trouble";
      }
      outcome = "working";
    } else if (entry.state === "painting") {
      const trouble = await look(entry);
      outcome = trouble ? "trouble" : "working";
    }
  }
  return outcome;
}

async function send(entry) {
  const { token } = await accessToken();
  if (!token) {
    await change(entry.id, { state: "waiting", code: navigator.onLine ? "signed-out" : "offline" });
    return false;
  }
  const event = `/api/staff/events/${entry.eventId}`;
  await change(entry.id, { state: "sending", code: null });
  if (entry.again && entry.imageId) {
    // The same bytes once more would change nothing: the image is there, and has failed.
    const answer = await upload("POST", `${event}/images/${entry.imageId}/retry`, "", token, () => {}).result;
    const isUnderWay = answer.status >= 200 && answer.status < 300 || answer.body?.code === "wrong-state";
    await change(entry.id, isUnderWay
      ? { state: "painting", again: false }
      : { state: answer.status === 404 ? "refused" : "waiting", code: codeOf(answer) });
    return isUnderWay || answer.status === 404;
  }
  const answer = await upload(
    "PUT", `${event}/visitors/${entry.visitorId}/photo?overwrite=${entry.overwrite}`, entry.blob, token,
    sent => page?.invokeMethodAsync("OnProgress", entry.id, sent)).result;
  if (answer.status === 202) {
    await change(entry.id, { state: "painting", imageId: answer.body.imageId, revision: answer.body.revision, again: false });
    return true;
  }
  if (answer.status === 409 && answer.body?.code === "photo-exists") {
    await change(entry.id, { state: "exists", code: "photo-exists" });
    return true;
  }
  // What the server will never take is for a person to decide; everything else is tried again.
  const final = [400, 403, 404, 413, 415, 422].includes(answer.status);
  await change(entry.id, { state: final ? "refused" : "waiting", code: codeOf(answer) });
  return final;
}

function codeOf(answer) {
  return answer.status === 0 ? "offline" : answer.body?.code ?? "unavailable";
}

// Whether the image has been clustered: only then the photograph may go from this device.
async function look(entry) {
  const { token } = await accessToken();
  if (!token) {
    return true;
  }
  try {
    const response = await fetch(`/api/staff/events/${entry.eventId}/images/${entry.imageId}`, {
      headers: { Authorization: `Bearer ${token}` }, cache: "no-store",
    });
    if (response.status === 404) {
      // Erased meanwhile, or we are no members any more: a person decides, as this may be the only copy.
      await change(entry.id, { state: "refused", code: "not-found", imageId: null });
      return false;
    }
    if (!response.ok) {
      return true;
    }
    const image = await response.json();
    if (image.state === "clustered" && image.revision >= entry.revision) {
      await discard(entry.id);
      await page?.invokeMethodAsync("OnPainted", entry.visitorId, image.palettes.map(palette => palette.colour));
    } else if (image.state === "failed") {
      await change(entry.id, { state: "refused", code: image.reason ?? "failed" });
    }
    return false;
  } catch {
    return true;
  }
}

/** An upload that can be watched and stopped, which fetch cannot. */
export function upload(method, url, body, token, onProgress) {
  const request = new XMLHttpRequest();
  const result = new Promise(resolve => {
    request.open(method, url);
    request.setRequestHeader("Authorization", `Bearer ${token}`);
    request.setRequestHeader("Content-Type", body.type || "application/octet-stream");
    request.upload.onprogress = event => event.lengthComputable && onProgress(event.loaded / event.total);
    request.onload = () => resolve({ status: request.status, body: parse(request.responseText), retryAfter: request.getResponseHeader("Retry-After") });
    request.onerror = () => resolve({ status: 0, body: null });
    request.onabort = () => resolve({ status: -1, body: null });
    request.send(body);
  });
  return { result, cancel: () => request.abort() };
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

async function tell() {
  const entries = await all();
  // Without the pictures themselves, which stay in the database.
  await page?.invokeMethodAsync("OnOutbox", entries.map(({ id, eventId, visitorId, state, code, takenAt, imageId }) =>
    ({ id, eventId, visitorId, state, code, takenAt, imageId })));
}

async function changed() {
  channel.postMessage("changed");
  await tell();
}

async function change(id, changes) {
  if (await changeEntry(id, changes)) {
    await changed();
  }
}
