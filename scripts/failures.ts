// What failed in a vitest run, as few plain lines: tests, hooks, imports, and errors that nobody caught.
import { stripVTControlCharacters } from 'node:util';
import type { TestModule, TestSuite } from 'vitest/node';

export interface Failure {
  /** The file and the full name of what failed. */
  readonly title: string;
  /** The first lines of the error. */
  readonly lines: readonly string[];
}

/** The part of vitest's serialized errors that is read here. */
interface RunError {
  readonly message?: string;
  readonly name?: string;
  readonly diff?: string;
  readonly stacks?: readonly { readonly file: string; readonly line: number; readonly column: number }[];
}

const maxLines = 12;
const maxLineLength = 240;

function placeOf({ stacks }: RunError): readonly string[] {
  const [top] = stacks ?? [];
  return top ? [`at ${top.file}:${top.line}:${top.column}`] : [];
}

/** Name, message, difference and place of each error, cut to `maxLines` in all; the place of the first is always there. */
function firstLines(errors: readonly RunError[]): readonly string[] {
  const texts = errors.map(({ name = 'Error', message = '', diff = '' }) => `${name}: ${message}\n${diff}`);
  const lines = stripVTControlCharacters(texts.join('\n'))
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '')
    .map((line) => (line.length > maxLineLength ? `${line.slice(0, maxLineLength)}…` : line));
  const place = errors[0] ? placeOf(errors[0]) : [];
  const room = maxLines - place.length;
  const kept = lines.length > room ? [...lines.slice(0, room - 1), '…'] : lines;
  return [...kept, ...place];
}

/** Hooks of the module and its suites, and imports: what fails outside a test. */
function outsideTests(module: TestModule): readonly Failure[] {
  const file = module.relativeModuleId;
  const of = (name: string, errors: readonly RunError[]): readonly Failure[] =>
    errors.length === 0 ? [] : [{ title: `${file} > ${name}`, lines: firstLines(errors) }];
  const suites: readonly TestSuite[] = [...module.children.allSuites()];
  return [
    ...of('(outside its tests: an import or a hook)', module.errors()),
    ...suites.flatMap((suite) => of(`${suite.fullName} > (a hook)`, suite.errors())),
  ];
}

function failedTests(module: TestModule): readonly Failure[] {
  return [...module.children.allTests('failed')].map((test) => ({
    title: `${module.relativeModuleId} > ${test.fullName}`,
    lines: firstLines(test.result().errors ?? []),
  }));
}

export function findFailures(
  modules: readonly TestModule[],
  unhandled: readonly RunError[],
): readonly Failure[] {
  return [
    ...modules.flatMap((module) => [...outsideTests(module), ...failedTests(module)]),
    ...unhandled.map((error) => ({
      title: 'an error that no test caught',
      lines: firstLines([error]),
    })),
  ];
}
