// Photographs on their way: kept on this device until their image has been clustered, sent when network and sign-in
// allow it, seen by every tab. One tab sends at a time.
import { accessToken, refused } from "./sign-in.js";
import { photograph } from "./camera.js";
import { all, change as changeEntry, put, remove } from "./photographs.js";

let page = null;
let going = false;
let again = false;
let timer = 0;
const channel = new BroadcastChannel("repaint-outbox");
// A network that swallows what it is given does not say so.
const patience = 60_000;
// Answers after which the next photograph would fare no better.
const everyones = [0, 401, 429, 502, 503, 504];
// Answers that stay the same however often one asks: a person decides.
const final = [400, 403, 404, 413, 415, 422];

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

/** Keeps the photograph just taken; false when this device has no room for it. */
export async function add(entry) {
  const blob = photograph();
  if (!blob) {
    return false;
  }
  try {
    await put({ ...entry, blob, state: "waiting", code: null, imageId: null, takenAt: Date.now() });
  } catch {
    return false;
  }
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
  let outcome = "empty";
  for (const entry of await all()) {
    if (entry.state === "exists" || entry.state === "refused") {
      continue;
    }
    const result = entry.state === "painting" ? await look(entry) : await send(entry);
    if (result === "stuck") {
      return "trouble";
    }
    outcome = outcome === "trouble" ? outcome : result;
  }
  return outcome;
}

// As above; "stuck": so are all the others.
async function send(entry) {
  const { token, offline } = await accessToken();
  if (!token) {
    await change(entry.id, { state: "waiting", code: offline || !navigator.onLine ? "offline" : "signed-out" });
    return "stuck";
  }
  const event = `/api/staff/events/${entry.eventId}`;
  await change(entry.id, { state: "sending", code: null });
  // The same bytes once more would change nothing when the image is there, and has failed.
  const isThere = entry.again && entry.imageId;
  const answer = isThere
    ? await upload("POST", `${event}/images/${entry.imageId}/retry`, "", token, () => {}).result
    : await upload(
      "PUT", `${event}/visitors/${entry.visitorId}/photo?overwrite=${entry.overwrite}`, entry.blob, token,
      sent => page?.invokeMethodAsync("OnProgress", entry.id, sent)).result;
  if (isThere && (answer.status >= 200 && answer.status < 300 || answer.body?.code === "wrong-state")) {
    await change(entry.id, { state: "painting", again: false });
    return "working";
  }
  if (!isThere && answer.status === 202) {
    await change(entry.id, { state: "painting", imageId: answer.body.imageId, revision: answer.body.revision, again: false });
    return "working";
  }
  if (answer.status === 409 && answer.body?.code === "photo-exists") {
    await change(entry.id, { state: "exists", code: "photo-exists" });
    return "working";
  }
  if (answer.status === 401) {
    refused(token);
  }
  await change(entry.id, { state: final.includes(answer.status) ? "refused" : "waiting", code: codeOf(answer) });
  return everyones.includes(answer.status) ? "stuck" : final.includes(answer.status) ? "working" : "trouble";
}

function codeOf(answer) {
  return answer.status === 0 ? "offline" : answer.status === 401 ? "signed-out" : answer.body?.code ?? "unavailable";
}

// Whether the image has been clustered: only then the photograph may go from this device.
async function look(entry) {
  const { token } = await accessToken();
  if (!token) {
    return "stuck";
  }
  try {
    const response = await fetch(`/api/staff/events/${entry.eventId}/images/${entry.imageId}`, {
      headers: { Authorization: `Bearer ${token}` }, cache: "no-store", signal: AbortSignal.timeout(patience),
    });
    if (response.status === 404) {
      // Erased meanwhile, or we are no members any more: a person decides, as this may be the only copy.
      await change(entry.id, { state: "refused", code: "not-found", imageId: null });
      return "working";
    }
    if (response.status === 401) {
      refused(token);
    }
    if (!response.ok) {
      return everyones.includes(response.status) ? "stuck" : "trouble";
    }
    const image = await response.json();
    if (image.state === "clustered" && image.revision >= entry.revision) {
      await discard(entry.id);
      await page?.invokeMethodAsync("OnPainted", entry.visitorId, image.palettes.map(palette => palette.colour));
    } else if (image.state === "failed") {
      await change(entry.id, { state: "refused", code: image.reason ?? "failed" });
    }
    return "working";
  } catch {
    return "stuck";
  }
}

/** An upload that can be watched and stopped, which fetch cannot. */
export function upload(method, url, body, token, onProgress) {
  const request = new XMLHttpRequest();
  let cancelled = false;
  let stalled = 0;
  const waitOnce = () => {
    clearTimeout(stalled);
    stalled = setTimeout(() => request.abort(), patience);
  };
  const result = new Promise(resolve => {
    request.open(method, url);
    request.setRequestHeader("Authorization", `Bearer ${token}`);
    request.setRequestHeader("Content-Type", body.type || "application/octet-stream");
    request.upload.onprogress = event => {
      waitOnce();
      if (event.lengthComputable) {
        onProgress(event.loaded / event.total);
      }
    };
    request.onload = () => resolve({ status: request.status, body: parse(request.responseText) });
    request.onerror = () => resolve({ status: 0, body: null });
    request.onabort = () => resolve({ status: cancelled ? -1 : 0, body: null });
    request.onloadend = () => clearTimeout(stalled);
    request.send(body);
    waitOnce();
  });
  return { result, cancel: () => { cancelled = true; request.abort(); } };
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
