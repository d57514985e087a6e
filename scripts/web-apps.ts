// The web apps of this repository: what each is made of, whether its build is of these sources, and the build.
import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { tool } from './run-steps.ts';

interface WebApp {
  readonly name: string;
  readonly folder: string;
  /** Patterns of everything that ends up in it, from the root. */
  readonly sources: readonly string[];
}

/** What ends up in every app. */
const shared = ['packages/ui/src/**/*', 'packages/contract/src/**/*.ts', 'package-lock.json'];

/** A new app is one entry in this table. */
const apps: readonly WebApp[] = [
  {
    name: 'authenticator',
    folder: 'packages/authenticator',
    sources: [
      'packages/authenticator/{src,public}/**/*',
      'packages/authenticator/{index.html,package.json,tsconfig.json,vite.config.ts}',
      ...shared,
    ],
  },
  {
    name: 'console',
    folder: 'packages/console',
    sources: [
      'packages/console/{src,public}/**/*',
      'packages/console/{index.html,package.json,tsconfig.json,vite.config.ts}',
      ...shared,
    ],
  },
];

const stampName = '.built-from';

/** By content, not by time: a checkout makes old files new. Tests do not end up in an app. */
function digestOf(root: string, patterns: readonly string[]): string {
  const files = globSync([...patterns], { cwd: root, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/\.test\./.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  const digest = createHash('sha256');
  for (const file of files) digest.update(`${file.slice(root.length)}\0`).update(readFileSync(file));
  return digest.digest('hex');
}

function isBuilt(root: string, app: WebApp, digest: string): boolean {
  const stamp = join(root, app.folder, 'dist', stampName);
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === digest;
}

/** Beside the old one, and then put in its place. */
function build(root: string, app: WebApp, digest: string): boolean {
  console.error(`Building the ${app.name} (first start, or its sources changed) ...`);
  const made = join(root, '.tmp', `${app.name}-${process.pid}`);
  const place = join(root, app.folder, 'dist');
  mkdirSync(join(root, '.tmp'), { recursive: true });
  const args = ['build', join(root, app.folder), '--outDir', made, '--logLevel', 'warn'];
  const { status, stdout, stderr } = spawnSync(tool(root, 'vite'), args, { cwd: root, encoding: 'utf8' });
  if (status !== 0) {
    console.error(`${stdout ?? ''}${stderr ?? ''}\nThe ${app.name} could not be built.`);
    rmSync(made, { recursive: true, force: true });
    return false;
  }
  writeFileSync(join(made, stampName), digest);
  putInPlace(made, place);
  return true;
}

/** Two starts at once build twice and take each other's out of the way; more often than this is no coincidence. */
const maxTries = 100;

/** The old one goes as a whole, then the new one comes as a whole: for a moment there is none, and never half of one. */
export function putInPlace(made: string, place: string): void {
  for (let tries = 1; !isDone(() => renameSync(made, place)); tries += 1) {
    if (tries === maxTries) throw new Error(`${place} cannot be replaced`);
    const aside = `${made}-before-${tries}`;
    isDone(() => renameSync(place, aside));
    rmSync(aside, { recursive: true, force: true });
  }
}

/** False when another start was in the way: a folder that is there again, or gone already. */
function isDone(rename: () => void): boolean {
  try {
    rename();
    return true;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOTEMPTY' || code === 'EEXIST' || code === 'ENOENT') return false;
    throw error;
  }
}

/** Builds what is not built yet or whose sources changed; says nothing when there is nothing to do. @returns whether all are built */
export function buildMissing(root: string): boolean {
  return apps.every((app) => {
    const digest = digestOf(root, app.sources);
    return isBuilt(root, app, digest) || build(root, app, digest);
  });
}
