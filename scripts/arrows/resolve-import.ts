// Turns an import specifier into what it stands for: a file of this repository, an external package or a Node module.
// Reads the same maps Node reads (`imports` and `exports` of the workspaces), so that there is no second list.
import { existsSync, globSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join, posix } from 'node:path';

export type Target =
  | {
      readonly kind: 'file';
      readonly path: string;
      readonly by: 'relative' | 'package imports' | 'workspace';
    }
  | { readonly kind: 'package'; readonly name: string }
  | { readonly kind: 'node'; readonly name: string; readonly prefixed: boolean }
  | { readonly kind: 'unknown' };

export interface Workspace {
  readonly folder: string;
  readonly name: string;
  readonly imports: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, string>>;
}

function stringMap(value: unknown): Readonly<Record<string, string>> {
  if (typeof value !== 'object' || value === null) return {};
  const entries = Object.entries(value);
  return Object.fromEntries(entries.filter((e): e is [string, string] => typeof e[1] === 'string'));
}

function readWorkspace(root: string, manifest: string): Workspace {
  const parsed: unknown = JSON.parse(readFileSync(join(root, manifest), 'utf8'));
  const fields: Partial<Record<'name' | 'imports' | 'exports', unknown>> =
    typeof parsed === 'object' && parsed !== null ? parsed : {};
  return {
    folder: posix.dirname(manifest),
    name: typeof fields.name === 'string' ? fields.name : '',
    imports: stringMap(fields.imports),
    exports: stringMap(fields.exports),
  };
}

export function readWorkspaces(root: string): readonly Workspace[] {
  const manifests = globSync(['packages/*/package.json', 'e2e/package.json', 'bench/package.json'], {
    cwd: root,
  });
  return manifests.map((manifest) => readWorkspace(root, manifest.replaceAll('\\', '/')));
}

/** Follows one map of package.json: exact keys first, then keys with a single `*`. */
function followMap(map: Readonly<Record<string, string>>, key: string): string | undefined {
  const exact = map[key];
  if (exact !== undefined) return exact;
  for (const [pattern, target] of Object.entries(map)) {
    const [head, tail] = pattern.split('*');
    if (head === undefined || tail === undefined || !key.startsWith(head) || !key.endsWith(tail)) continue;
    return target.replace('*', key.slice(head.length, key.length - tail.length));
  }
  return undefined;
}

function packageName(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

function workspaceTarget(workspaces: readonly Workspace[], specifier: string): Target | undefined {
  const name = packageName(specifier);
  const workspace = workspaces.find((candidate) => candidate.name === name);
  if (workspace === undefined) return undefined;
  const file = followMap(workspace.exports, `.${specifier.slice(name.length)}`);
  // A subpath that is not exported still names the room it reaches into.
  return { kind: 'file', path: posix.join(workspace.folder, file ?? 'package.json'), by: 'workspace' };
}

export function workspaceOf(workspaces: readonly Workspace[], file: string): Workspace | undefined {
  return workspaces.find((candidate) => file.startsWith(`${candidate.folder}/`));
}

export function resolveImport(workspaces: readonly Workspace[], from: string, specifier: string): Target {
  if (specifier.startsWith('.')) {
    return { kind: 'file', path: posix.join(posix.dirname(from), specifier), by: 'relative' };
  }
  if (specifier.startsWith('#')) {
    const workspace = workspaceOf(workspaces, from);
    const file = workspace && followMap(workspace.imports, specifier);
    if (workspace === undefined || file === undefined) return { kind: 'unknown' };
    return { kind: 'file', path: posix.join(workspace.folder, file), by: 'package imports' };
  }
  if (specifier.startsWith('node:')) return { kind: 'node', name: specifier.slice(5), prefixed: true };
  if (builtinModules.includes(specifier)) return { kind: 'node', name: specifier, prefixed: false };
  return workspaceTarget(workspaces, specifier) ?? { kind: 'package', name: packageName(specifier) };
}

const sourceFile = /\.(?:ts|tsx|mts|cts|js|jsx|mjs|cjs)$/;
const notOurs =
  /(?:^|\/)(?:node_modules|\.[^/]+)(?:\/|$)|^(?:data|coverage)(?:\/|$)|^packages\/[^/]+\/dist(?:\/|$)/;

/** Every source file of the repository, from its root. */
export function listSources(root: string): readonly string[] {
  const found = globSync('**/*', { cwd: root, exclude: (path) => notOurs.test(path.replaceAll('\\', '/')) });
  const paths = found.map((path) => path.replaceAll('\\', '/'));
  return paths.filter((path) => sourceFile.test(path) && existsSync(join(root, path))).sort();
}
