// Photographs on their way: kept on this device until their image has been clustered, sent when network and sign-in
// allow it, seen by every tab. One tab sends at a time.
import { accessToken } from "./sign-in.js";
import { photograph } from "./camera.js";

const databaseName = "repaint";
const storeName = "photographs";
let page = null;
let database = null;
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
  await put({ ...entry, blob, state: "waiting", code: null, imageId: null, sent: 0, takenAt: Date.now() });
  await changed();
  go();
  return true;
}

export async function overwrite(id) {
  await change(id, { overwrite: true, state: "waiting", code: null });
  go();
}

export async function retry(id) {
  await change(id, { state: "waiting", code: null });
  go();
}

export async function discard(id) {
  await transaction("readwrite", store => store.delete(id));
  await changed();
}

export async function previewOf(id) {
  const entry = await transaction("readonly", store => store.get(id));
  return entry ? URL.createObjectURL(entry.blob) : null;
}

export function forget(url) {
  URL.revokeObjectURL(url);
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
  await change(entry.id, { state: "sending", sent: 0, code: null });
  const answer = await upload(
    "PUT", `/api/staff/events/${entry.eventId}/visitors/${entry.visitorId}/photo?overwrite=${entry.overwrite}`, entry.blob, token,
    sent => page?.invokeMethodAsync("OnProgress", entry.id, sent)).result;
  if (answer.status === 202) {
    await change(entry.id, { state: "painting", imageId: answer.body.imageId, revision: answer.body.revision, sent: 1 });
    return true;
  }
  if (answer.status === 409 && answer.body?.code === "photo-exists") {
    await change(entry.id, { state: "exists", code: "photo-exists" });
    return true;
  }
  // What the server will never take is for a person to decide; everything else is tried again.
  const final = [400, 403, 404, 413, 415, 422].includes(answer.status);
  await change(entry.id, final
    ? { state: "refused", code: answer.body?.code ?? `${answer.status}` }
    : { state: "waiting", code: answer.status === 0 ? "offline" : answer.body?.code ?? "unavailable" });
  return final;
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
      await discard(entry.id);
      return false;
    }
    if (!response.ok) {
      return true;
    }
    const image = await response.json();
    if (image.state === "clustered" && image.revision >= entry.revision) {
      await transaction("readwrite", store => store.delete(entry.id));
      await changed();
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
  const entry = await transaction("readonly", store => store.get(id));
  if (entry) {
    await put({ ...entry, ...changes });
    await changed();
  }
}

function all() {
  return transaction("readonly", store => store.getAll());
}

function put(entry) {
  return transaction("readwrite", store => store.put(entry));
}

async function transaction(mode, act) {
  database ??= await openDatabase();
  return await new Promise((resolve, reject) => {
    const started = database.transaction(storeName, mode, { durability: "strict" });
    const request = act(started.objectStore(storeName));
    started.oncomplete = () => resolve(request.result);
    started.onerror = started.onabort = () => reject(started.error);
  });
}

function openDatabase() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(databaseName, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(storeName, { keyPath: "id" });
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
