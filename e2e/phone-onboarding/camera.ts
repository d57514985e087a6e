// A QR code held in front of the camera: a picture as the video file that Chromium takes in place of one (YUV4MPEG2).
import { writeFileSync } from 'node:fs';
import { encode } from 'uqr';

const width = 640;
const height = 480;
const light = 235;
const dark = 16;
const grey = 128;

/** A few frames that show the code on a grey wall; Chromium plays them again and again. */
export function holdBeforeCamera(file: string, text: string): void {
  const { data, size } = encode(text, { border: 2 });
  const scale = Math.floor((height * 0.8) / size);
  const left = Math.floor((width - size * scale) / 2);
  const top = Math.floor((height - size * scale) / 2);
  const luma = Buffer.alloc(width * height, grey);
  for (const [row, modules] of data.entries())
    for (const [column, isDark] of modules.entries())
      for (let line = 0; line < scale; line += 1) {
        const start = (top + row * scale + line) * width + left + column * scale;
        luma.fill(isDark ? dark : light, start, start + scale);
      }
  const frame = Buffer.concat([Buffer.from('FRAME\n'), luma, Buffer.alloc((width * height) / 2, grey)]);
  const header = Buffer.from(`YUV4MPEG2 W${width} H${height} F10:1 Ip A1:1 C420jpeg\n`);
  writeFileSync(file, Buffer.concat([header, frame, frame, frame, frame, frame]));
}
