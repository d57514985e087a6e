// QR codes from the camera or a picture. Decoded by jsqr, loaded only now: browsers that can do it themselves are the exception.
import type jsQR from 'jsqr';

type Decode = typeof jsQR;

export type CameraTrouble = 'denied' | 'none';

export interface Scan {
  readonly signal: AbortSignal;
  readonly running: () => void;
  readonly failed: (trouble: CameraTrouble) => void;
  /** @returns whether to stop looking */
  readonly found: (text: string) => boolean;
}

/** More pixels only take longer. */
const maxSide = 800;
const everyMs = 150;

const loadDecoder = async (): Promise<Decode> => (await import('jsqr')).default;

/** Asks for the camera and looks for a code until one is found or the signal fires; then the camera is let go. */
export async function startScanning(video: HTMLVideoElement, scan: Scan): Promise<void> {
  try {
    const [stream, decode] = await Promise.all([openCamera(), loadDecoder()]);
    const close = (): void => {
      for (const track of stream.getTracks()) track.stop();
    };
    if (scan.signal.aborted) return close();
    scan.signal.addEventListener('abort', close, { once: true });
    video.srcObject = stream;
    await video.play();
    scan.running();
    look(video, decode, scan, close);
  } catch (error) {
    if (!scan.signal.aborted) scan.failed(isDenied(error) ? 'denied' : 'none');
  }
}

async function openCamera(): Promise<MediaStream> {
  return navigator.mediaDevices.getUserMedia({
    audio: false,
    video: { facingMode: 'environment', width: { ideal: 1280 }, height: { ideal: 720 } },
  });
}

const isDenied = (error: unknown): boolean =>
  error instanceof DOMException && (error.name === 'NotAllowedError' || error.name === 'SecurityError');

function look(video: HTMLVideoElement, decode: Decode, scan: Scan, close: () => void): void {
  const canvas = document.createElement('canvas');
  let last = '';
  const once = (): void => {
    if (scan.signal.aborted) return;
    const text = read(canvas, video, video.videoWidth, video.videoHeight, decode);
    // The same wrong code in front of the camera is told once.
    if (text !== undefined && text !== last) {
      last = text;
      if (scan.found(text)) return close();
    }
    setTimeout(once, everyMs);
  };
  once();
}

/** The text of the QR code in a picture; undefined when there is none. @throws when it is not a picture */
export async function readPicture(file: Blob): Promise<string | undefined> {
  const [picture, decode] = await Promise.all([createImageBitmap(file), loadDecoder()]);
  return read(document.createElement('canvas'), picture, picture.width, picture.height, decode);
}

function read(
  canvas: HTMLCanvasElement,
  source: CanvasImageSource,
  width: number,
  height: number,
  decode: Decode,
): string | undefined {
  if (width === 0 || height === 0) return undefined;
  const scale = Math.min(1, maxSide / Math.max(width, height));
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  const context = canvas.getContext('2d', { willReadFrequently: true });
  context?.drawImage(source, 0, 0, canvas.width, canvas.height);
  const image = context?.getImageData(0, 0, canvas.width, canvas.height);
  const text = image && decode(image.data, image.width, image.height)?.data;
  return text === '' ? undefined : text;
}
