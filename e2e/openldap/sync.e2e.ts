// Everybody of an OpenLDAP brought in by the real server: a dry run first, progress by the API, and memory that does not grow with the crowd.
import { readFileSync } from 'node:fs';
import type { UserSourceSync } from '@countersign/contract/user-source-models.ts';
import { hasSlapd, slapdPassword } from '@countersign/testkit/peers/slapd.ts';
import { testScale } from '@countersign/testkit/scale.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ApiCaller } from '../api-caller.ts';
import { median } from '../latencies.ts';
import { giveOnce, type SourceApplication, syncAll } from '../source-onboarding.ts';
import type { Vpn } from '../vpn.ts';
import { deployLdapStaff, type LdapStaff } from './ldap-staff.ts';

const crowd = 5000 * testScale();
/** alice, bob, carol, josé, expired, disabled, mustchange, twin, odd name; one of them disabled. */
const [named, disabled] = [9, 1];
/** Between the first quarter of a sync and the last, in MiB, however many people there are; a fresh process takes its memory first. */
const mostGrowth = { fresh: 96, warm: 32 } as const;

/** Of a process, in MiB, without what it has of files (proc(5)). */
function residentOf(pid: number): number {
  const [, kibibytes] = /^RssAnon:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kibibytes) / 1024;
}

/** Medians of this many parts, one after the other. */
const parts = 8;
function inParts(all: readonly number[]): readonly number[] {
  const length = Math.max(1, Math.ceil(all.length / parts));
  return Array.from({ length: parts }, (_, n) => median(all.slice(n * length, (n + 1) * length)));
}

describe.skipIf(!hasSlapd())('everybody of an OpenLDAP, brought in', () => {
  let deployed: LdapStaff | undefined;
  let vpn: Vpn;
  let caller: ApiCaller;
  let staff: SourceApplication;
  beforeAll(async () => {
    deployed = await deployLdapStaff({ crowd });
    ({ vpn, caller, staff } = deployed);
  });
  afterAll(() => deployed?.stop());

  const userCount = async (): Promise<number> => {
    const path = `/v1/applications/${staff.id}/user-sources`;
    const { items } = await caller.call<{ items: { user_count: number }[] }>('GET', path);
    return items[0]?.user_count ?? 0;
  };

  /** A whole sync, with what was seen of it on the way. */
  const observed = async (input: object) => {
    const resident: number[] = [];
    const progress: number[] = [];
    const timer = setInterval(() => resident.push(residentOf(vpn.server().pid)), 50);
    const since = performance.now();
    const look = ({ counts }: UserSourceSync) => void progress.push(counts.listed);
    const sync = await syncAll(caller, staff.source, { input, look });
    clearInterval(timer);
    const memory = inParts(resident);
    const quarters = [memory.slice(0, 2), memory.slice(-2)].map(median);
    console.log(
      `  ${JSON.stringify(input)}: ${sync.counts.listed} people in ${Math.round(performance.now() - since)} ms; MiB of memory from begin to end: ${memory.map((each) => each.toFixed(0)).join(' ')}; ${new Set(progress).size} steps seen`,
    );
    return { sync, progress, growth: (quarters[1] ?? 0) - (quarters[0] ?? 0) };
  };

  test('a dry run, then all of them, then nothing that changed: at constant memory, progress seen, logins meanwhile', async () => {
    const listed = crowd + named;
    const dry = await observed({ dry_run: true });
    expect(dry.sync.counts).toMatchObject({ listed, created: listed - disabled, changed: 0, disabled: 0 });
    expect(await userCount()).toBe(0);
    expect(dry.growth).toBeLessThan(mostGrowth.fresh);

    const whole = observed({});
    const meanwhile = await giveOnce(staff.link, 'alice', slapdPassword);
    console.log(`  somebody meanwhile: ${meanwhile.ms.toFixed(0)} ms`);
    expect([meanwhile.accepted, meanwhile.ms < 5000]).toEqual([true, true]);
    const { sync, progress, growth } = await whole;
    // Whoever came in meanwhile was there already when the sync came to them.
    expect(sync.counts.created + sync.counts.unchanged).toBe(listed - disabled);
    expect(sync.counts).toMatchObject({ listed, changed: 0, disabled: 0, skipped: disabled });
    expect(await userCount()).toBe(listed - disabled);
    expect(progress).toEqual(progress.toSorted((a, b) => a - b));
    expect(new Set(progress).size).toBeGreaterThan(3);
    expect(growth).toBeLessThan(mostGrowth.warm);

    const again = await observed({});
    expect(again.sync.counts).toMatchObject({
      listed,
      created: 0,
      unchanged: listed - disabled,
      skipped: disabled,
    });
    expect(again.growth).toBeLessThan(mostGrowth.warm);
  });
});
