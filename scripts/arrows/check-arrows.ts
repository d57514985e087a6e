// Compares every import of the repository with the table of rooms. Each finding names file:line, the rule and the remedy.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findCycles } from './find-cycles.ts';
import { type AmbientRead, type Import, readImports } from './read-imports.ts';
import { listSources, readWorkspaces, resolveImport, type Target, type Workspace } from './resolve-import.ts';
import { clockFile, type Grant, type Room, rooms, testFile, testPackages, testRooms } from './rooms.ts';

export interface Finding {
  readonly file: string;
  readonly line: number;
  readonly rule: string;
  readonly text: string;
  readonly remedy: string;
}

/** The file being judged and what it stands in. */
interface Place {
  readonly file: string;
  readonly room: Room;
  readonly isTest: boolean;
  readonly workspaces: readonly Workspace[];
}

type Complaint = Omit<Finding, 'file' | 'line'>;

// `node:net` is here too: address arithmetic has ipaddr.js, and a core that can open sockets soon does.
const networkModules = /^(?:https?|http2|net|dgram|tls|dns|dns\/promises|cluster|child_process)$/;

export function formatFinding(finding: Finding): string {
  return `${finding.file}:${finding.line}  ${finding.rule}: ${finding.text}. Remedy: ${finding.remedy}.`;
}

export function roomOf(file: string): Room | undefined {
  const owners = rooms.filter(({ at }) => (at.endsWith('/') ? file.startsWith(at) : file === at));
  return owners.sort((a, b) => b.at.length - a.at.length)[0];
}

function packageMatches(pattern: string, name: string): boolean {
  return pattern.endsWith('/*') ? name.startsWith(pattern.slice(0, -1)) : pattern === name;
}

function ownersOf(name: string): string {
  const owners = rooms.filter(({ packages }) => packages.some((pattern) => packageMatches(pattern, name)));
  return owners.length === 0 ? 'no room' : owners.map((owner) => owner.name).join(', ');
}

function judgePackage({ room, isTest }: Place, name: string): Complaint | undefined {
  const allowed = isTest ? [...room.packages, ...testPackages] : room.packages;
  if (allowed.some((pattern) => packageMatches(pattern, name))) return undefined;
  return {
    rule: 'package',
    text: `${room.name} may not import ${name} (allowed in: ${ownersOf(name)})`,
    remedy: 'move this code to a room that may, or hand the thing in as a parameter',
  };
}

function judgeNode({ room, isTest }: Place, name: string, prefixed: boolean): Complaint | undefined {
  if (!prefixed) {
    const remedy = `write node:${name}`;
    return { rule: 'node-prefix', text: `${name} could be a package or a part of Node`, remedy };
  }
  if (isTest || room.node === 'all') return undefined;
  if (room.node === 'no network' && !networkModules.test(name)) return undefined;
  return {
    rule: 'node',
    text: `${room.name} may not import node:${name}`,
    remedy:
      room.node === 'none'
        ? 'this room also runs in a browser: hand the thing in as a parameter'
        : 'the core knows no network: put it behind an interface that a connector or an edge implements',
  };
}

function grantFor(place: Place, target: Room): Grant | undefined {
  const { room, isTest, file } = place;
  if (target === room) return { room: target.name };
  if (isTest && (testRooms.includes(target.name) || packageFolder(target.at) === packageFolder(file))) {
    return { room: target.name };
  }
  return room.rooms.find((grant) => grant.room === target.name);
}

function packageFolder(path: string): string {
  const [first = '', second = ''] = path.split('/');
  return first === 'packages' ? `${first}/${second}` : first;
}

/** Core levels deserve their own words: the remedy is another one than for a foreign room. */
function forbiddenRoom(room: Room, target: Room): Complaint {
  const bothCore = room.name.startsWith('core/') && target.name.startsWith('core/');
  const who = bothCore ? `${room.name} (${room.is}) may not import ${target.name} (${target.is})` : undefined;
  const allowed = room.rooms.map((grant) => grant.room).join(', ') || 'no other room';
  return {
    rule: bothCore ? 'core-level' : 'room',
    text:
      who?.replaceAll('.)', ')') ?? `${room.name} may not import ${target.name} (it may import: ${allowed})`,
    remedy: bothCore
      ? 'import lower levels only: move the use case up, or what it needs down'
      : 'take it as a parameter, or move the code to the room whose question it answers',
  };
}

function judgeValues(grant: Grant, target: Room, path: string, found: Import): Complaint | undefined {
  if (grant.values === undefined || found.typeOnly) return undefined;
  if (grant.values.some((file) => path === `${target.at}${file}`)) return undefined;
  const values = grant.values.length > 0 ? `, and values only from ${grant.values.join(', ')}` : '';
  return {
    rule: 'types-only',
    text: `from ${target.name} only types may be imported here${values}`,
    remedy: 'write `import type`, or let app.ts hand the function in',
  };
}

/** In packages, a relative path stays inside its top room (core counts as one); other rooms go by their name. */
function judgeSpelling(place: Place, target: Room, by: string): Complaint | undefined {
  const topOf = (room: Room): string => room.name.split('/')[0] ?? '';
  const inPackages = place.file.startsWith('packages/') || place.file.startsWith('e2e/');
  if (by !== 'relative' || !inPackages || topOf(target) === topOf(place.room)) return undefined;
  return {
    rule: 'relative',
    text: `a relative path leads from ${place.room.name} into ${target.name}`,
    remedy: 'import another room by its name: #core/…, #db/…, #platform/…, @countersign/…',
  };
}

function judgeFile(place: Place, target: Extract<Target, { kind: 'file' }>, found: Import): Complaint[] {
  const room = roomOf(target.path);
  if (room === undefined) return [unknownRoom(target.path)];
  const grant = grantFor(place, room);
  if (testFile.test(target.path) && !place.isTest) return [testSupport(target.path)];
  const arrow = grant ? judgeValues(grant, room, target.path, found) : forbiddenRoom(place.room, room);
  return [arrow, judgeSpelling(place, room, target.by)].filter((complaint) => complaint !== undefined);
}

function unresolved(specifier: string): Complaint {
  const text = `${specifier} is not in the imports map of this package`;
  return { rule: 'unresolved', text, remedy: 'use a name from the imports map in package.json' };
}

function testSupport(path: string): Complaint {
  const remedy =
    'move what the product needs out of the test support, or rename the importer *.test-support.ts';
  return { rule: 'test-support', text: `${path} is for tests only`, remedy };
}

function unknownRoom(path: string): Complaint {
  return {
    rule: 'unknown-room',
    text: `${path} belongs to no room`,
    remedy: 'give the folder a room and its arrows in scripts/arrows/rooms.ts, and say why in an ADR',
  };
}

function judgeImport(place: Place, found: Import): readonly (Complaint | undefined)[] {
  if (found.specifier === undefined) {
    // Tests, scripts and scenarios load what they have just written; nothing in the product does.
    if (place.isTest || place.room.time === 'reads') return [];
    const remedy = 'name the file in a constant string, or list the choices in a table';
    return [
      { rule: 'computed-import', text: 'the imported name is computed, so no rule can see it', remedy },
    ];
  }
  const target = resolveImport(place.workspaces, place.file, found.specifier);
  switch (target.kind) {
    case 'file':
      return judgeFile(place, target, found);
    case 'package':
      return [judgePackage(place, target.name)];
    case 'node':
      return [judgeNode(place, target.name, target.prefixed)];
    case 'unknown':
      return [unresolved(found.specifier)];
  }
}

function judgeAmbient({ file, room, isTest }: Place, read: AmbientRead): Complaint | undefined {
  if (read.kind === 'dice') {
    const remedy =
      'use the random source from platform (or node:crypto in tools): all randomness here is secret';
    return { rule: 'dice', text: `${read.what} is predictable and forbidden everywhere`, remedy };
  }
  if (isTest || room.time === 'reads' || file === clockFile) return undefined;
  const remedy = `take a clock as a parameter; only ${clockFile} reads the time`;
  return { rule: 'clock', text: `${read.what} reads the time in ${room.name}`, remedy };
}

function judgeBarrel({ file }: Place): Complaint | undefined {
  if (!/^packages\/server\/.*\/index\.[a-z]+$/.test(file)) return undefined;
  const remedy = 'import the file that holds the thing, and name this one for what it does';
  return { rule: 'barrel', text: 'index files hide who needs whom', remedy };
}

function judgeSource(root: string, file: string, workspaces: readonly Workspace[]): JudgedSource {
  const facts = readImports(file, readFileSync(join(root, file), 'utf8'));
  const at = (line: number, complaint: Complaint): Finding => ({ file, line, ...complaint });
  if (facts.unparsable !== undefined) {
    const complaint = { rule: 'syntax', text: facts.unparsable, remedy: 'mend the syntax error' };
    return { findings: [at(1, complaint)], imports: [] };
  }
  const room = roomOf(file);
  if (room === undefined) return { findings: [at(1, unknownRoom(file))], imports: [] };
  const place: Place = { file, room, workspaces, isTest: testFile.test(file) };
  const findings: Finding[] = [];
  const add = (line: number, complaint: Complaint | undefined): void => {
    if (complaint !== undefined) findings.push(at(line, complaint));
  };
  add(1, judgeBarrel(place));
  for (const found of facts.imports) {
    for (const complaint of judgeImport(place, found)) add(found.line, complaint);
  }
  for (const read of facts.ambient) add(read.line, judgeAmbient(place, read));
  return { findings, imports: facts.imports.flatMap((found) => link(place, found)) };
}

interface Link {
  readonly path: string;
  readonly line: number;
}

function link({ file, workspaces }: Place, { specifier, line }: Import): readonly Link[] {
  if (specifier === undefined) return [];
  const target = resolveImport(workspaces, file, specifier);
  return target.kind === 'file' ? [{ path: target.path, line }] : [];
}

interface JudgedSource {
  readonly findings: readonly Finding[];
  readonly imports: readonly Link[];
}

function judgeCycles(judged: ReadonlyMap<string, JudgedSource>): readonly Finding[] {
  const graph = new Map([...judged].map(([file, { imports }]) => [file, imports.map(({ path }) => path)]));
  return findCycles(graph).map(([first = '', second = first, ...others]) => ({
    file: first,
    line: judged.get(first)?.imports.find(({ path }) => path === second)?.line ?? 1,
    rule: 'cycle',
    text: `files import each other in a ring: ${[first, second, ...others, first].join(' → ')}`,
    remedy: 'move what both need into a file of its own',
  }));
}

/** Every finding in the repository at `root`; none means that the picture in ARCHITECTURE.md is true. */
export function checkArrows(root: string): { readonly files: number; readonly findings: readonly Finding[] } {
  const workspaces = readWorkspaces(root);
  const files = listSources(root);
  const judged = new Map(files.map((file) => [file, judgeSource(root, file, workspaces)]));
  const findings = [...judged.values()].flatMap((source) => source.findings);
  return { files: files.length, findings: [...findings, ...judgeCycles(judged)] };
}
