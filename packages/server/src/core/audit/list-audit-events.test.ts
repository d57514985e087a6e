import { AuditEvent } from '@countersign/contract/models.ts';
import { beforeAll, expect, test } from 'vitest';
import { onBothDatabases } from '#db/on-both-databases.test-support.ts';
import { actor, administrationDeps, createHandClock } from './administration.test-support.ts';
import { changedFields } from './changed-fields.ts';
import { exportAuditEvents } from './export-audit-events.ts';
import { listAuditEvents } from './list-audit-events.ts';
import { recordAudit } from './record-audit.ts';

test('changed are fields that are given and differ', () => {
  const before = { name: 'a', limit: null as number | null, teams: ['x', 'y'], enabled: true };
  expect(changedFields(before, {})).toEqual([]);
  expect(changedFields(before, { name: 'a', teams: ['x', 'y'], limit: null, enabled: undefined })).toEqual(
    [],
  );
  expect(changedFields(before, { name: 'b', teams: ['y', 'x'], limit: 0, enabled: false })).toEqual([
    'name',
    'teams',
    'limit',
    'enabled',
  ]);
});

onBothDatabases('listing audit events', (db) => {
  const clock = createHandClock();
  const deps = () => administrationDeps(db(), clock);
  const list = (visible: string | null, query: object) =>
    listAuditEvents(deps(), visible, { limit: 200, ...query });

  beforeAll(async () => {
    for (let i = 0; i < 12; i += 1) {
      // Some at one time: the order must be one all the same.
      if (i % 3 === 0) clock.turn(1);
      await db().write((tx) =>
        recordAudit(tx, deps(), {
          event: i % 2 === 0 ? 'user.created' : 'user.deleted',
          actor,
          applicationId: i % 4 === 0 ? 'app_one' : null,
          subjectId: `usr_${i}`,
          data: { number: i },
        }),
      );
    }
  });

  test('newest first, in the form of the contract', async () => {
    const { items } = await list(null, {});
    expect(items).toHaveLength(12);
    for (const item of items) expect(Object.keys(item).sort()).toEqual(Object.keys(AuditEvent.shape).sort());
    expect(items[0]?.at).toBe(clock.now());
    expect(items.map(({ at }) => at)).toEqual(items.map(({ at }) => at).sort((a, b) => b - a));
    expect(items.at(-1)?.data).toHaveProperty('number');
  });

  test('what was written in one millisecond comes in the order of its chain, in the list and in the export', async () => {
    const { items } = await list(null, {});
    expect(items.map(({ sequence }) => sequence)).toEqual(items.map((_, n) => items.length - n));
    const lines: string[] = [];
    const never = new AbortController().signal;
    for await (const piece of await exportAuditEvents(deps(), null, { format: 'jsonl' }, never))
      lines.push(...piece.trim().split('\n'));
    const sequences = lines.map((line) => (JSON.parse(line) as AuditEvent).sequence);
    expect(sequences).toEqual(items.map((_, n) => n + 1));
  });

  test('pages follow each other without gap or repetition', async () => {
    const all = await list(null, {});
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await list(null, { limit: 5, cursor });
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    expect(seen).toEqual(all.items.map(({ id }) => id));
  });

  test('by event, from the catalogue', async () => {
    const { items } = await list(null, { event: 'user.deleted' });
    expect(items).toHaveLength(6);
    expect(new Set(items.map(({ event }) => event))).toEqual(new Set(['user.deleted']));
    for (const event of ['user.exploded', '', 'toString', '\u0000'])
      await expect(list(null, { event })).rejects.toMatchObject({
        code: 'invalid_request',
        fields: [{ field: 'event' }],
      });
  });

  test('a caller bound to one application sees only its events', async () => {
    const { items } = await list('app_one', {});
    expect(new Set(items.map(({ subject_id }) => subject_id))).toEqual(new Set(['usr_0', 'usr_4', 'usr_8']));
  });

  test('a cursor from elsewhere is refused', async () => {
    const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    for (const cursor of ['x', encode('evt_1'), encode([1]), encode(['1', 'evt_1'])])
      await expect(list(null, { cursor })).rejects.toMatchObject({ code: 'invalid_request' });
  });
});
