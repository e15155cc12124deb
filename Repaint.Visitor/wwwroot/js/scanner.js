// Reads QR codes from a video: with the browser's own decoder where there is one, otherwise with zxing, loaded now.
const every = 140;
const longSide = 960;

/** Reads a frame: the text of a QR code, or null. */
export async function createReader() {
  if ("BarcodeDetector" in self) {
    const formats = await BarcodeDetector.getSupportedFormats().catch(() => []);
    if (formats.includes("qr_code")) {
      const detector = new BarcodeDetector({ formats: ["qr_code"] });
      return async (video) => (await detector.detect(video).catch(() => []))[0]?.rawValue ?? null;
    }
  }
  const { prepareZXingModule, readBarcodes } = await import("../lib/zxing/reader/index.js");
  // Its own default is somebody else's server.
  await prepareZXingModule({
    overrides: { locateFile: () => new URL("../lib/zxing/zxing_reader.wasm", import.meta.url).href },
    fireImmediately: true,
  });
  const canvas = document.createElement("canvas");
  const context = canvas.getContext("2d", { willReadFrequently: true });
  return async (video) => {
    const scale = Math.min(1, longSide / Math.max(video.videoWidth, video.videoHeight));
    canvas.width = Math.round(video.videoWidth * scale);
    canvas.height = Math.round(video.videoHeight * scale);
    if (!canvas.width) return null;
    context.drawImage(video, 0, 0, canvas.width, canvas.height);
    const image = context.getImageData(0, 0, canvas.width, canvas.height);
    const found = await readBarcodes(image, { formats: ["QRCode"], maxNumberOfSymbols: 1 });
    return found[0]?.text || null;
  };
}

/** Shows the camera in `video` and calls `onText` for what it reads, until the returned function is called. */
export async function scan(video, onText) {
  const stream = await navigator.mediaDevices.getUserMedia({
    audio: false, video: { facingMode: "environment", width: { ideal: 1280 }, height: { ideal: 1280 } },
  });
  let isOn = true;
  const stop = () => {
    isOn = false;
    stream.getTracks().forEach((track) => track.stop());
    video.srcObject = null;
  };
  try {
    video.srcObject = stream;
    await video.play();
    const read = await createReader();
    const look = async () => {
      if (!isOn) return;
      const text = await read(video);
      if (text && isOn) onText(text);
      setTimeout(look, every);
    };
    look();
  } catch (error) {
    stop();
    throw error;
  }
  return stop;
}
