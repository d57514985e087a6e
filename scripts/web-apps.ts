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

/** A new app is one entry in this table. */
const apps: readonly WebApp[] = [
  {
    name: 'authenticator',
    folder: 'packages/authenticator',
    sources: [
      'packages/authenticator/{src,public}/**/*',
      'packages/authenticator/{index.html,package.json,tsconfig.json,vite.config.ts}',
      'packages/contract/src/*.ts',
      'package-lock.json',
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

/** Beside the old one, and put in its place as a whole: a server that is running never sees half of it. */
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
  rmSync(place, { recursive: true, force: true });
  renameSync(made, place);
  return true;
}

/** Builds what is not built yet or whose sources changed; says nothing when there is nothing to do. @returns whether all are built */
export function buildMissing(root: string): boolean {
  return apps.every((app) => {
    const digest = digestOf(root, app.sources);
    return isBuilt(root, app, digest) || build(root, app, digest);
  });
}
