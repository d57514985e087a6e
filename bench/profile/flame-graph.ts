// A flame graph as one SVG without scripts: who calls whom upwards, how long to the right; hovering tells name, file and share.
import type { Frame } from './read-profile.ts';

const width = 1200;
const rowHeight = 17;
const margin = 10;
const headHeight = 34;
const textWidth = 6.6;
/** Narrower than this nobody sees. */
const leastWidth = 0.8;
const mostRows = 60;

interface Box {
  readonly frame: Frame;
  readonly x: number;
  readonly width: number;
  readonly depth: number;
}

export function flameGraph(title: string, root: Frame): string {
  const boxes: Box[] = [];
  const place = (frame: Frame, x: number, depth: number): void => {
    const wide = ((width - 2 * margin) * frame.total) / root.total;
    if (wide < leastWidth || depth >= mostRows) return;
    boxes.push({ frame, x, width: wide, depth });
    let at = x;
    for (const child of [...frame.children.values()].toSorted((a, b) => b.total - a.total)) {
      place(child, at, depth + 1);
      at += ((width - 2 * margin) * child.total) / root.total;
    }
  };
  place(root, margin, 0);
  const depth = Math.max(...boxes.map((box) => box.depth));
  const height = headHeight + (depth + 1) * rowHeight + margin;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="monospace" font-size="11">`,
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    `<text x="${margin}" y="22" font-size="15">${escaped(title)}</text>`,
    ...boxes.map((box) => draw(box, root.total, height)),
    '</svg>',
    '',
  ].join('\n');
}

function draw({ frame, x, width: wide, depth }: Box, all: number, height: number): string {
  const y = height - margin - (depth + 1) * rowHeight;
  const letters = Math.floor((wide - 4) / textWidth);
  const label = letters < 3 ? '' : frame.name.slice(0, letters);
  const told = `${frame.name} ${frame.file} ${((100 * frame.total) / all).toFixed(1)} %, itself ${((100 * frame.self) / all).toFixed(1)} %`;
  const box = `<rect x="${x.toFixed(1)}" y="${y}" width="${wide.toFixed(1)}" height="${rowHeight - 1}" fill="${colourOf(frame)}"/>`;
  const text = label === '' ? '' : `<text x="${(x + 2).toFixed(1)}" y="${y + 12}">${escaped(label)}</text>`;
  return `<g><title>${escaped(told)}</title>${box}${text}</g>`;
}

/** Ours, other packages, Node itself, the machine. */
function colourOf({ file }: Frame): string {
  if (file.endsWith(' native')) return '#d9d9d9';
  if (file.startsWith('packages/')) return '#f6b26b';
  if (file.startsWith('node:')) return '#b6d7a8';
  return file === '' ? '#d9d9d9' : '#9fc5e8';
}

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
