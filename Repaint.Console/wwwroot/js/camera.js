// The device's camera: viewfinder, scanner of QR codes, photograph. Pixels stay here until the photo is sent.
let stream = null;
let video = null;
let scanning = 0;
let opening = 0;
// The camera shown last, and which way it was asked to look.
let device = null;
let looked = null;
let reader = null;
const between = 120;
// How long a code that was not accepted is not asked about again.
const sameCode = 3000;

/**
 * Shows the camera in the element; says what it can do. Null when it was closed, or opened anew, meanwhile.
 * page.OnCameraLost hears when the device takes it away.
 */
export async function open(element, facing, page) {
  close();
  const mine = opening;
  video = element;
  if (!navigator.mediaDevices?.getUserMedia) {
    return { ok: false, reason: "none" };
  }
  const turned = looked !== null && facing !== looked;
  let opened;
  try {
    const anyThatLooksThere = () => request({ facingMode: { ideal: facing } });
    opened = device && !turned ? await request({ deviceId: { exact: device } }).catch(anyThatLooksThere) : await anyThatLooksThere();
  } catch (error) {
    return mine === opening ? { ok: false, reason: error.name === "NotAllowedError" ? "denied" : "none" } : null;
  }
  const cameras = (await navigator.mediaDevices.enumerateDevices()).filter(device => device.kind === "videoinput");
  if (turned && deviceOf(opened) === device && cameras.length > 1) {
    // A laptop's cameras all look the same way: the next one, then.
    const next = cameras[(cameras.findIndex(camera => camera.deviceId === device) + 1) % cameras.length];
    stop(opened);
    opened = await request({ deviceId: { exact: next.deviceId } }).catch(() => null);
  }
  if (mine !== opening || !opened) {
    stop(opened);
    return mine === opening ? { ok: false, reason: "none" } : null;
  }
  [looked, device] = [facing, deviceOf(opened)];
  stream = opened;
  video.srcObject = stream;
  await video.play().catch(() => {});
  if (mine !== opening) {
    return null;
  }
  const track = opened.getVideoTracks()[0];
  track.addEventListener("ended", () => mine === opening && page.invokeMethodAsync("OnCameraLost"));
  return {
    ok: true,
    torch: Boolean(track.getCapabilities?.().torch),
    several: cameras.length > 1,
    mirrored: track.getSettings().facingMode === "user",
  };
}

function request(which) {
  return navigator.mediaDevices.getUserMedia({ video: { ...which, width: { ideal: 3840 }, height: { ideal: 2160 } }, audio: false });
}

function deviceOf(opened) {
  return opened.getVideoTracks()[0].getSettings().deviceId;
}

/** Whether the light is on now. */
export async function torch(on) {
  try {
    await stream.getVideoTracks()[0].applyConstraints({ advanced: [{ torch: on }] });
    return on;
  } catch {
    return false;
  }
}

// A phone that was asleep, or showed something else, has stopped the picture.
document.addEventListener("visibilitychange", () => stream && document.visibilityState === "visible" && video.play().catch(() => {}));

export function close() {
  scanning++;
  opening++;
  stop(stream);
  stream = null;
  if (video) {
    video.srcObject = null;
  }
}

function stop(opened) {
  opened?.getTracks().forEach(track => track.stop());
}

/** Looks for QR codes until one is accepted: page.OnScanned answers whether it is. */
export async function scan(page) {
  const mine = ++scanning;
  // The visitor app's, from our own origin: loaded by those who scan.
  reader ??= await (await import("/js/scanner.js")).createReader();
  let refused = null;
  let refusedAt = 0;
  while (mine === scanning && stream) {
    const found = await reader(video);
    if (found && mine === scanning && (found !== refused || Date.now() - refusedAt > sameCode)) {
      if (await page.invokeMethodAsync("OnScanned", found)) {
        return;
      }
      [refused, refusedAt] = [found, Date.now()];
    }
    await new Promise(resolve => setTimeout(resolve, between));
  }
}

/** Takes the picture; answers its address for the preview, or null while there is none to see. */
export async function take() {
  if (!stream || !video.videoWidth) {
    return null;
  }
  const canvas = document.createElement("canvas");
  canvas.width = video.videoWidth;
  canvas.height = video.videoHeight;
  canvas.getContext("2d").drawImage(video, 0, 0);
  return await new Promise(resolve => canvas.toBlob(blob => resolve(hold(blob)), "image/jpeg", 0.92));
}

let held = null;

function hold(blob) {
  drop();
  held = { blob, url: URL.createObjectURL(blob) };
  return held.url;
}

export function drop() {
  if (held) {
    URL.revokeObjectURL(held.url);
    held = null;
  }
}

/** The photograph just taken. */
export function photograph() {
  return held?.blob ?? null;
}

/** A picture from the device instead of the camera. */
export function useFile(input) {
  const file = input.files?.[0];
  return file ? hold(file) : null;
}
