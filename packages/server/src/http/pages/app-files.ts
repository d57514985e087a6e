// The files of a built web app, read once and kept in memory: content type, entity tag and a packed form are made then, not at each call.
import { createHash } from 'node:crypto';
import { globSync, readFileSync, statSync } from 'node:fs';
import { extname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Clock } from '#platform/clock.ts';

export interface AppFile {
  readonly type: string;
  readonly content: Buffer;
  /** Absent where packing gains nothing. */
  readonly packed: Buffer | undefined;
  /** Weak: the packed form has the same, and other bytes (RFC 9110 8.8.1). */
  readonly etag: string;
  /** Its name changes with its content. */
  readonly isImmutable: boolean;
}

export interface AppFiles {
  /** @param path from the folder of the app, such as `assets/main-1a2b.js`. */
  find(path: string): AppFile | undefined;
  /** False until the app was built. */
  isBuilt(): boolean;
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.webmanifest': 'application/manifest+json; charset=utf-8',
};

const firstPage = 'index.html';
/** Below this the header of the packed form eats the gain. */
const minPackedBytes = 512;
/** How long it is believed that there is no build: looking takes the disk, and calls are not counted. */
const lookAgainMs = 2000;

/** Nothing is read before the first call, so that a server without the build starts as well. @param directory what the build made */
export function appFiles(directory: string, clock: Pick<Clock, 'monotonic'>): AppFiles {
  let files: ReadonlyMap<string, AppFile> | undefined;
  let lookAgainAt = Number.NEGATIVE_INFINITY;
  const read = (): ReadonlyMap<string, AppFile> | undefined => {
    if (files || clock.monotonic() < lookAgainAt) return files;
    lookAgainAt = clock.monotonic() + lookAgainMs;
    files = readFiles(directory);
    return files;
  };
  return {
    find: (path) => read()?.get(path === '' ? firstPage : path),
    isBuilt: () => read() !== undefined,
  };
}

function readFiles(directory: string): ReadonlyMap<string, AppFile> | undefined {
  const names = globSync('**/*', { cwd: directory }).filter((name) =>
    statSync(join(directory, name)).isFile(),
  );
  if (!names.includes(firstPage)) return undefined;
  const served = names.filter((name) => extname(name) in types);
  return new Map(
    served.map((name) => [name.replaceAll('\\', '/'), appFile(name, readFileSync(join(directory, name)))]),
  );
}

function appFile(name: string, content: Buffer): AppFile {
  const packed = content.length < minPackedBytes || name.endsWith('.png') ? undefined : gzipSync(content);
  return {
    type: types[extname(name)] ?? 'application/octet-stream',
    content,
    packed,
    etag: `W/"${createHash('sha256').update(content).digest('base64url').slice(0, 22)}"`,
    isImmutable: name.startsWith('assets/'),
  };
}
