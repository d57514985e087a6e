// The Grafana board and the alert rules name only metrics and labels that the server has, and are well-formed as far as can be seen here.
import { execFileSync } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createMetrics, metricTable } from '../packages/server/src/platform/metrics.ts';
import { expect, test } from 'vitest';

const folder = join(import.meta.dirname, '../docs/operations');
const rulesFile = join(folder, 'alerts-countersign.yml');
const promtool = globSync(['/usr/bin/promtool', '/usr/local/bin/promtool'])[0];

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly { readonly refId: string; readonly expr: string }[];
}
interface Board {
  readonly title: string;
  readonly uid: string;
  readonly schemaVersion: number;
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly { readonly name: string }[] };
}

const board = JSON.parse(readFileSync(join(folder, 'grafana-countersign.json'), 'utf8')) as Board;
const rules = readFileSync(rulesFile, 'utf8');
const ruleExpressions = [...rules.matchAll(/expr: (?:\|\n((?: {10,}.*\n)+)|(.*)\n)/g)].map(
  ([, block, line]) => block ?? line ?? '',
);
const expressions = [
  ...board.panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr)),
  ...ruleExpressions,
];

/** Prometheus adds these. */
const added = ['up', 'instance', 'job', 'le'];
const functions = ['sum', 'min', 'max', 'avg', 'by', 'rate', 'histogram_quantile', 'label_values'];

async function knownNames(): Promise<ReadonlySet<string>> {
  const text = await createMetrics({ process: true }).render();
  const declared = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)];
  return new Set(
    declared.flatMap(([, name = '', kind]) =>
      kind === 'histogram' ? ['_bucket', '_sum', '_count'].map((end) => name + end) : [name],
    ),
  );
}

test('every metric named there exists', async () => {
  const known = await knownNames();
  expect(expressions.length).toBeGreaterThan(40);
  for (const expression of expressions) {
    const named =
      expression.replace(/"[^"]*"|\[[^\]]*\]/g, '').match(/\b(?:countersign|process|nodejs)_\w+/g) ?? [];
    expect(named.length + (expression.startsWith('up{') ? 1 : 0), expression).toBeGreaterThan(0);
    for (const name of named) expect(known.has(name), `${name} in ${expression}`).toBe(true);
  }
});

test('every metric of ours is on the board', () => {
  const all = expressions.join('\n');
  for (const name of Object.keys(metricTable)) expect(all, name).toContain(name);
});

test('every expression is well-formed and names labels that the metric has', () => {
  for (const expression of expressions) {
    const bare = expression.replace(/"[^"]*"/g, '""');
    for (const [open, close] of ['()', '{}', '[]'])
      expect(bare.split(open ?? '').length, expression).toBe(bare.split(close ?? '').length);
    const [, metric = ''] = /\b(countersign_\w+?)(?:_bucket|_sum|_count)?\{/.exec(bare) ?? [];
    const declared: readonly string[] =
      Object.entries(metricTable).find(([name]) => name === metric)?.[1].labels ?? [];
    if (metric === '') continue;
    const matched = [...bare.matchAll(/(\w+)\s*(?:=~|!~|!=|=)\s*""/g)].map(([, label = '']) => label);
    const grouped = [...bare.matchAll(/by \(([^)]*)\)/g)].flatMap(([, list = '']) => list.split(/,\s*/));
    for (const label of [...matched, ...grouped])
      expect([...declared, ...added], `${label} in ${expression}`).toContain(label);
    for (const [, name = ''] of bare.matchAll(/\b([a-z_]+)\s*\(/g))
      expect(functions, expression).toContain(name);
  }
});

test('the board is one that Grafana takes: unique ids, places that do not overlap, known panels', () => {
  const { panels, schemaVersion, uid, templating } = board;
  expect([schemaVersion >= 36, uid]).toEqual([true, 'countersign']);
  expect(templating.list.map(({ name }) => name)).toEqual(['datasource', 'instance']);
  expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
  const taken = new Set<string>();
  for (const { type, title, gridPos, targets } of panels) {
    expect(['row', 'timeseries', 'stat']).toContain(type);
    expect(gridPos.x + gridPos.w, title).toBeLessThanOrEqual(24);
    for (let x = gridPos.x; x < gridPos.x + gridPos.w; x += 1)
      for (let y = gridPos.y; y < gridPos.y + gridPos.h; y += 1) {
        expect(taken.has(`${x} ${y}`), `${title} overlaps`).toBe(false);
        taken.add(`${x} ${y}`);
      }
    const ids = (targets ?? []).map(({ refId }) => refId);
    expect(new Set(ids).size, title).toBe(ids.length);
  }
  const rows = panels.filter(({ type }) => type === 'row').map(({ title }) => title);
  expect(rows[0]).toBe('Is it us or the network?');
});

test.skipIf(promtool === undefined)('promtool takes the rules, and every expression of the board', () => {
  const check = (file: string) =>
    execFileSync(promtool ?? '', ['check', 'rules', file], { encoding: 'utf8' });
  expect(check(rulesFile)).toContain('SUCCESS');
  const directory = mkdtempSync(join(tmpdir(), 'countersign-rules-'));
  const recorded = expressions.map((expression, index) => ({
    record: `board:expression_${index}`,
    expr: expression.replaceAll('$__rate_interval', '5m').replaceAll('$instance', '.*'),
  }));
  // JSON is YAML.
  const file = join(directory, 'board.yml');
  writeFileSync(file, JSON.stringify({ groups: [{ name: 'board', rules: recorded }] }));
  expect(check(file)).toContain(`${expressions.length} rules found`);
  rmSync(directory, { recursive: true });
});
