// The filters of the audit trail and its export, against the whole trail filtered by hand.
import type { AuditEvent } from '@countersign/contract/models.ts';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { onBothDatabases } from '#db/on-both-databases.test-support.ts';
import { newId } from '#platform/id.ts';
import { administrationDeps, createHandClock } from './administration.test-support.ts';
import type { AuditFilter } from './audit-list-store.ts';
import { Unavailable } from '#platform/problem.ts';
import { csvField, exportAuditEvents } from './export-audit-events.ts';
import { type AuditQuery, listAuditEvents } from './list-audit-events.ts';
import { recordAudit } from './record-audit.ts';

const never = new AbortController().signal;

onBothDatabases('searching the audit trail', (db) => {
  const clock = createHandClock();
  const deps = () => administrationDeps(db(), clock);
  let all: readonly AuditEvent[] = [];
  const logins: string[] = [];
  const walk = async (query: Partial<AuditQuery>, visible: string | null = null) => {
    const seen: AuditEvent[] = [];
    let cursor: string | undefined;
    do {
      const page = await listAuditEvents(deps(), visible, { limit: 3, ...query, cursor });
      expect(page.items.length).toBeLessThanOrEqual(query.limit ?? 3);
      seen.push(...page.items);
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    return seen;
  };
  const exported = async (
    filter: AuditFilter & { format?: 'csv' },
    signal = never,
    visible: string | null = null,
  ) => {
    let text = '';
    for await (const piece of await exportAuditEvents(
      deps(),
      visible,
      { format: 'jsonl', ...filter },
      signal,
    ))
      text += piece;
    return text;
  };

  beforeAll(async () => {
    const events = [
      'user.created',
      'user.changed',
      'device.revoked',
      'auth_request.created',
      'auth_request.approved',
      'audit.joined',
    ] as const;
    for (let n = 0; n < 60; n += 1) {
      if (n % 3 === 0) clock.turn(100);
      const event = events[n % events.length]!;
      const isLogin = event.startsWith('auth_request.');
      if (event === 'auth_request.created') logins.push(newId(deps(), 'req'));
      const actor = [
        { kind: 'api_client', id: 'acl_a' },
        { kind: 'device', id: 'dev_a' },
        { kind: 'system' },
      ] as const;
      await db().write((tx) =>
        recordAudit(tx, deps(), {
          event,
          actor: actor[n % 4 === 0 ? 0 : n % 3]!,
          applicationId: n % 5 === 0 ? 'app_b' : 'app_a',
          subjectId: isLogin ? logins.at(-1)! : `usr_${n % 4}`,
          data: { text: n === 7 ? '=1+1,"x"\n' : n },
        }),
      );
    }
    all = (await listAuditEvents(deps(), null, { limit: 200 })).items;
    expect(all).toHaveLength(60);
  });

  test('every filter and page length yields exactly what fits; an export the same the other way round', async () => {
    const [first, last] = [all.at(-1)!.at, clock.now()];
    const moment = fc.option(fc.integer({ min: first - 5, max: last + 5 }), { nil: undefined });
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          limit: fc.integer({ min: 1, max: 30 }),
          event: fc.constantFrom(
            undefined,
            'user.created',
            'user.',
            'auth_request.',
            'auth_request.approved',
            'home_server.',
          ),
          actor_id: fc.constantFrom(undefined, undefined, 'acl_a', 'dev_a', 'adm_none'),
          subject_id: fc.constantFrom(undefined, undefined, 'usr_1', 'usr_none', logins[2], 'anything'),
          from: moment,
          until: moment,
        }),
        fc.constantFrom(null, 'app_a'),
        async (filter, visible) => {
          const { event, actor_id, subject_id, from = 0, until = last + 9 } = filter;
          const fits = all.filter(
            (each) =>
              (event?.endsWith('.') === true
                ? each.event.startsWith(event)
                : (event ?? each.event) === each.event) &&
              (actor_id ?? each.actor_id) === each.actor_id &&
              (subject_id ?? each.subject_id) === each.subject_id &&
              (visible ?? each.application_id) === each.application_id &&
              each.at >= from &&
              each.at < until,
          );
          expect(await walk(filter, visible)).toEqual(fits);
          const { limit: _, ...search } = filter;
          const lines = (await exported(search, never, visible)).split('\n').slice(0, -1);
          expect(lines.map((line) => JSON.parse(line) as AuditEvent)).toEqual(fits.toReversed());
        },
      ),
      { numRuns: 100 },
    );
  });

  test('an event that nobody knows, or an id that no text can be, is refused', async () => {
    for (const filter of [{ event: 'user' }, { event: 'nothing.' }, { actor_id: 'a\0' }]) {
      await expect(walk(filter)).rejects.toMatchObject({ code: 'invalid_request' });
      await expect(exported(filter)).rejects.toMatchObject({ code: 'invalid_request' });
    }
  });

  test('an export that is ended early breaks off, so that nobody takes it for the whole trail', async () => {
    const away = new AbortController();
    const pieces = await exportAuditEvents(deps(), null, { format: 'csv' }, away.signal);
    const seen: string[] = [];
    const read = async () => {
      for await (const piece of pieces) {
        seen.push(piece);
        away.abort();
      }
    };
    await expect(read()).rejects.toBeInstanceOf(Unavailable);
    expect(seen).toHaveLength(1);
  });

  test('as CSV, no field is a formula and none breaks the line it is in', async () => {
    const text = await exported({ format: 'csv' });
    const [header, ...rows] = text.split('\r\n').slice(0, -1);
    expect(header).toBe(
      'id,chain,sequence,at,time,event,actor_kind,actor_id,actor_name,application_id,application_name,subject_id,subject_name,user_id,user_name,data,hash',
    );
    expect(rows).toHaveLength(60);
    for (const row of rows) expect(row).toMatch(/^evt_[^,]+,test,[0-9]+,/);
  });
});

test('what a spreadsheet would take for a formula is a text; quotes are doubled', () => {
  for (const begin of ['=', '+', '-', '@', '\t', '\r'])
    expect(csvField(`${begin}x`).replace(/^"/, '')).toMatch(/^'/);
  expect([csvField('a"b'), csvField('a,b'), csvField(null), csvField(-1)]).toEqual([
    '"a""b"',
    '"a,b"',
    '',
    '-1',
  ]);
});
