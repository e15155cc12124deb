// Pictures for an event: dropped or picked, sent two at a time, each with its own fate.
import { accessToken, refused } from "./sign-in.js";
import { upload } from "./outbox.js";

const atOnce = 2;
const files = new Map();
let page = null;
let running = 0;
let nextId = 0;

export function attach(area, input, dotnet) {
  page = dotnet;
  const event = area.dataset.event;
  // What was sent while another page was open is still here.
  [...files.values()].filter(entry => entry.eventId === event).forEach(announce);
  input.addEventListener("change", () => {
    accept(event, input.files);
    input.value = "";
  });
  area.addEventListener("dragover", dragged => {
    dragged.preventDefault();
    area.classList.add("over");
  });
  area.addEventListener("dragleave", () => area.classList.remove("over"));
  area.addEventListener("drop", dropped => {
    dropped.preventDefault();
    area.classList.remove("over");
    accept(event, dropped.dataTransfer.files);
  });
}

export function detach() {
  page = null;
}

export function cancel(id) {
  const entry = files.get(id);
  if (entry?.state === "waiting" || entry?.state === "sending") {
    set(entry, "cancelled");
    entry.cancel?.();
  }
}

export function retry(id) {
  const entry = files.get(id);
  if (entry) {
    set(entry, "waiting");
    work();
  }
}

function accept(eventId, list) {
  for (const file of list) {
    const entry = { id: `${++nextId}`, eventId, file, name: file.name, size: file.size, state: "waiting", code: null, imageId: null };
    files.set(entry.id, entry);
    announce(entry);
  }
  work();
}

function announce(entry) {
  page?.invokeMethodAsync("OnFile", entry.id, entry.name, entry.size);
  page?.invokeMethodAsync("OnState", entry.id, entry.state, entry.code, entry.imageId);
}

// Leaving the console would end what is being sent.
addEventListener("beforeunload", event => {
  if ([...files.values()].some(({ state }) => state === "waiting" || state === "sending")) {
    event.preventDefault();
  }
});

function work() {
  while (running < atOnce) {
    const entry = [...files.values()].find(candidate => candidate.state === "waiting");
    if (!entry) {
      return;
    }
    running++;
    send(entry).finally(() => {
      running--;
      work();
    });
  }
}

async function send(entry) {
  set(entry, "sending");
  const { token, offline } = await accessToken();
  if (entry.state === "cancelled") {
    return;
  }
  if (!token) {
    set(entry, "failed", offline ? "offline" : "signed-out");
    return;
  }
  const sending = upload("POST", `/api/staff/events/${entry.eventId}/images`, entry.file, token,
    sent => page?.invokeMethodAsync("OnProgress", entry.id, sent));
  entry.cancel = sending.cancel;
  const answer = await sending.result;
  entry.cancel = null;
  if (answer.status === 202) {
    set(entry, "sent", null, answer.body.imageId);
    entry.file = null;
  } else if (answer.status === 401) {
    refused(token);
    set(entry, "failed", "signed-out");
  } else if (answer.status !== -1) {
    set(entry, "failed", answer.status === 0 ? "offline" : answer.body?.code ?? `${answer.status}`);
  }
}

function set(entry, state, code = null, imageId = null) {
  Object.assign(entry, { state, code, imageId });
  page?.invokeMethodAsync("OnState", entry.id, state, code, imageId);
}
