// The device's camera: viewfinder, scanner of QR codes, photograph. Pixels stay here until the photo is sent.
let stream = null;
let video = null;
let scanning = 0;
let opening = 0;
let reader = null;
const between = 120;

/** Shows the camera in the element; says what it can do. Null when it was closed, or opened anew, meanwhile. */
export async function open(element, facing) {
  close();
  const mine = opening;
  video = element;
  if (!navigator.mediaDevices?.getUserMedia) {
    return { ok: false, reason: "none" };
  }
  let opened;
  try {
    opened = await navigator.mediaDevices.getUserMedia({
      video: { facingMode: { ideal: facing }, width: { ideal: 3840 }, height: { ideal: 2160 } }, audio: false,
    });
  } catch (error) {
    return mine === opening ? { ok: false, reason: error.name === "NotAllowedError" ? "denied" : "none" } : null;
  }
  if (mine !== opening) {
    stop(opened);
    return null;
  }
  stream = opened;
  video.srcObject = stream;
  await video.play().catch(() => {});
  const cameras = (await navigator.mediaDevices.enumerateDevices()).filter(device => device.kind === "videoinput");
  if (mine !== opening) {
    return null;
  }
  const track = opened.getVideoTracks()[0];
  return {
    ok: true,
    torch: Boolean(track.getCapabilities?.().torch),
    several: cameras.length > 1,
    mirrored: track.getSettings().facingMode === "user",
  };
}

export async function torch(on) {
  await stream?.getVideoTracks()[0].applyConstraints({ advanced: [{ torch: on }] });
}

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
  while (mine === scanning && stream) {
    const found = await reader(video);
    if (found && mine === scanning && await page.invokeMethodAsync("OnScanned", found)) {
      return;
    }
    await new Promise(resolve => setTimeout(resolve, between));
  }
}

/** Takes the picture; answers its address for the preview. */
export async function take() {
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
