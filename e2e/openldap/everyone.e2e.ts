// 50,000 people walked page by page: the memory does not grow with them, and logins go on meanwhile.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import {
  hasSlapd,
  type SlapdPeer,
  slapdAccount,
  slapdBase,
  slapdPassword,
  startSlapd,
} from '@countersign/testkit/peers/slapd.ts';
import { testScale } from '@countersign/testkit/scale.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { directorySettings, never, openDirectory, secret, told } from '../directory-connector.ts';

const crowd = 50_000 * testScale();
/** alice, bob, carol, josé, expired, disabled, mustchange, twin, odd name. */
const named = 9;
const mebibyte = 1024 * 1024;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

function heapUsed(): number {
  collect();
  return process.memoryUsage().heapUsed / mebibyte;
}

describe.skipIf(!hasSlapd())('everybody of an OpenLDAP', () => {
  let slapd: SlapdPeer;
  const { directory } = openDirectory();
  beforeAll(async () => {
    const since = performance.now();
    slapd = await startSlapd({ crowd });
    console.log(`  a directory of ${crowd} people after ${Math.round(performance.now() - since)} ms`);
  });
  afterAll(async () => {
    await directory.close();
    await slapd?.stop();
  });

  const source = (more: Partial<Parameters<typeof directorySettings>[1]> = {}) =>
    directorySettings(slapdAccount.password, {
      kind: 'ldap',
      name: 'example.test',
      hosts: [{ host: 'localhost', port: slapd.tlsPort }],
      transport: 'ldaps',
      ca: slapd.tls.authority,
      bind_name: slapdAccount.dn,
      base_dn: `ou=people,${slapdBase}`,
      timeouts: { connect_ms: 10_000, answer_ms: 20_000 },
      ...more,
    });

  test('arrives once each, at constant memory', async () => {
    const seen = new Set<string>();
    const heap: number[] = [];
    let [pages, largest] = [0, 0];
    const since = performance.now();
    for await (const page of directory.everyone(source(), never)) {
      pages += 1;
      largest = Math.max(largest, page.length);
      for (const { guid } of page) seen.add(guid.slice(0, 18));
      if (pages % 10 === 0) heap.push(heapUsed());
    }
    const ms = performance.now() - since;
    console.log(
      `  ${pages} pages in ${Math.round(ms)} ms; heap in MiB every 10 pages: ${heap.map((each) => each.toFixed(1)).join(' ')}`,
    );
    expect(seen.size).toBe(crowd + named);
    expect(largest).toBeLessThanOrEqual(500);
    // What the test itself remembers of each person, and no more.
    const remembered = (crowd * 120) / mebibyte;
    expect((heap.at(-1) ?? 0) - (heap[0] ?? 0)).toBeLessThan(remembered + 5);
  });

  test('one who takes a page and goes away leaves nothing behind; a login meanwhile is quick', async () => {
    for await (const page of directory.everyone(source(), never)) {
      expect(page.length).toBe(500);
      expect(told(await directory.verify(source(), 'alice', secret(slapdPassword), never))).toBe(
        'found alice []',
      );
      break;
    }
    let people = 0;
    const some = source({ id: 'src_2', mandatory_group: 'employees', user_filter: '(!(uid=u*))' });
    for await (const page of directory.everyone(some, never)) people += page.length;
    // Alice, bob, josé, mustchange, expired.
    expect(people).toBe(5);
  });

  test('groups are looked for page by page', async () => {
    const groups = [{ group: 'engineers', team: 'Engineering' }];
    const some = source({ id: 'src_3', groups, user_filter: '(|(uid=u1*)(uid=alice)(uid=bob))' });
    const since = performance.now();
    let people = 0;
    const engineers: string[] = [];
    for await (const page of directory.everyone(some, never))
      for (const { username, teams } of page) {
        people += 1;
        if (teams.includes('Engineering')) engineers.push(username);
      }
    console.log(`  the groups of ${people} people in ${Math.round(performance.now() - since)} ms`);
    expect(people).toBeGreaterThan(11_000);
    expect(engineers).toEqual(['alice']);
  });

  test('a server that ends half-way is told, not hidden: whoever was not read is not gone', async () => {
    let people = 0;
    const walk = async (): Promise<void> => {
      for await (const page of directory.everyone(source(), never)) {
        people += page.length;
        if (people === 1000) await slapd.kill();
      }
    };
    await expect(walk()).rejects.toThrow(/localhost:.*(closed|broke|ended)/);
    expect(people).toBe(1000);
    await slapd.start();
  });
});
