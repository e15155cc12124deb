// Pictures for an event: dropped or picked, sent two at a time, each with its own fate.
import { accessToken } from "./sign-in.js";
import { upload } from "./outbox.js";

const atOnce = 2;
const files = new Map();
let page = null;
let running = 0;
let nextId = 0;

export function attach(area, input, dotnet) {
  page = dotnet;
  input.addEventListener("change", () => {
    accept(area.dataset.event, input.files);
    input.value = "";
  });
  area.addEventListener("dragover", event => {
    event.preventDefault();
    area.classList.add("over");
  });
  area.addEventListener("dragleave", () => area.classList.remove("over"));
  area.addEventListener("drop", event => {
    event.preventDefault();
    area.classList.remove("over");
    accept(area.dataset.event, event.dataTransfer.files);
  });
}

export function detach() {
  page = null;
}

export function cancel(id) {
  const entry = files.get(id);
  entry?.cancel?.();
  if (entry?.state === "waiting") {
    set(entry, "cancelled");
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
    const entry = { id: `${++nextId}`, eventId, file, state: "waiting" };
    files.set(entry.id, entry);
    page?.invokeMethodAsync("OnFile", entry.id, file.name, file.size);
  }
  work();
}

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
  if (!token) {
    set(entry, "failed", offline ? "offline" : "signed-out");
    return;
  }
  const sending = upload("POST", `/api/staff/events/${entry.eventId}/images`, entry.file, token,
    sent => page?.invokeMethodAsync("OnProgress", entry.id, sent));
  entry.cancel = sending.cancel;
  const answer = await sending.result;
  if (answer.status === 202) {
    set(entry, "sent", null, answer.body.imageId);
    files.delete(entry.id);
  } else if (answer.status === -1) {
    set(entry, "cancelled");
  } else {
    set(entry, "failed", answer.status === 0 ? "offline" : answer.body?.code ?? `${answer.status}`);
  }
}

function set(entry, state, code = null, imageId = null) {
  entry.state = state;
  page?.invokeMethodAsync("OnState", entry.id, state, code, imageId);
}
