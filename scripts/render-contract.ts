// Renders the reference pages that list one closed table of the contract or the server each.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { auditEvents } from '../packages/contract/src/audit-events.ts';
import { problemKinds } from '../packages/contract/src/problems.ts';
import { refusalReasons } from '../packages/contract/src/refusal-reasons.ts';
import { type Setting, settings } from '../packages/contract/src/settings.ts';
import { buildOpenApi } from '../packages/server/src/http/openapi.ts';
import { metricTable } from '../packages/server/src/platform/metrics.ts';

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(cell).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

const page = (title: string, introduction: string, body: string): string =>
  `# ${title}\n\n${introduction}\n\n${body}\n`;

export const renderProblems = (): string =>
  page(
    'Errors',
    'The HTTP API answers errors as problem documents (RFC 9457) with a stable `code`; the command line names the same codes.',
    table(
      ['Code', 'Status', 'Meaning'],
      Object.entries(problemKinds).map(([code, { status, title, description }]) => [
        `\`${code}\``,
        String(status),
        `${title}. ${description}`,
      ]),
    ),
  );

export const renderAuditEvents = (): string =>
  page(
    'Audit events',
    'Every event that the audit trail can hold. Each is written in the transaction of what it tells of.',
    table(
      ['Event', 'Meaning'],
      Object.entries(auditEvents).map(([event, meaning]) => [`\`${event}\``, meaning]),
    ),
  );

export const renderRefusalReasons = (): string =>
  page(
    'Refusal reasons',
    'Why a login was refused, as the activity shows it to administrators. None of it is told to whoever tried to log in.',
    table(
      ['Reason', 'Meaning', 'What to do'],
      Object.entries(refusalReasons).map(([code, { sentence, remedy }]) => [`\`${code}\``, sentence, remedy]),
    ),
  );

export const renderSettings = (): string =>
  page(
    'Settings',
    [
      'Kept in the database and changed while the server runs: in the console, by `countersign settings` or over HTTP. A setting holds for the',
      'whole installation; a change reaches every node within a few seconds. Where an environment variable is named, setting it fixes the value.',
    ].join('\n'),
    table(
      ['Setting', 'Default', 'Unit', 'From', 'To', 'Meaning', 'Fixed by'],
      Object.entries(settings).map(([name, declared]: [string, Setting]) => [
        `\`${name}\``,
        String(declared.default),
        declared.unit,
        String(declared.schema.minValue),
        String(declared.schema.maxValue),
        declared.description,
        declared.variable === undefined ? '' : `\`${declared.variable}\``,
      ]),
    ),
  );

export const renderMetrics = (): string =>
  page(
    'Metrics',
    'What `/metrics` serves in the Prometheus text format, besides the usual figures of the process. No label names a person.',
    table(
      ['Metric', 'Kind', 'Labels', 'Meaning'],
      Object.entries(metricTable).map(([name, { kind, labels, help }]) => [
        `\`${name}\``,
        kind,
        labels.map((label) => `\`${label}\``).join(', '),
        help,
      ]),
    ),
  );

export function renderOpenApi(): string {
  const manifest = readFileSync(join(import.meta.dirname, '../package.json'), 'utf8');
  const { version } = JSON.parse(manifest) as { version: string };
  return `${JSON.stringify(buildOpenApi({ serverUrl: '/', version }), null, 2)}\n`;
}
