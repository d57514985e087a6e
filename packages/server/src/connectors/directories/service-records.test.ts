// The order of servers (RFC 2782), which of them may be asked, and asking a name server for them.
import { startServiceNameServer } from '@countersign/testkit/peers/service-name-server.ts';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Random } from '#platform/random.ts';
import { systemRandom } from '#platform/random.ts';
import { discoverHosts, hostsOf, orderRecords, type ServiceRecord, serviceName } from './service-records.ts';

const record = (name: string, priority = 0, weight = 0, port = 389): ServiceRecord => ({
  name,
  priority,
  weight,
  port,
});

describe('order', () => {
  test('everybody once, lower priorities first, whatever the lots', () => {
    const any = fc.record({
      name: fc.stringMatching(/^[a-z]{1,3}$/),
      port: fc.nat(65_535),
      priority: fc.nat(3),
      weight: fc.oneof(fc.constant(0), fc.nat(65_535)),
    });
    const lots = fc.infiniteStream(fc.double({ min: 0, max: 0.999_999, noNaN: true }));
    fc.assert(
      fc.property(fc.array(any, { maxLength: 12 }), lots, (records, stream) => {
        const random: Random = {
          bytes: () => new Uint8Array(),
          below: (limit) => Math.floor((stream.next().value ?? 0) * limit),
        };
        const ordered = orderRecords(records, random);
        expect([...ordered].map((each) => JSON.stringify(each)).toSorted()).toEqual(
          records.map((each) => JSON.stringify(each)).toSorted(),
        );
        for (const [at, { priority }] of ordered.entries())
          expect(priority).toBeGreaterThanOrEqual(ordered[at - 1]?.priority ?? 0);
      }),
    );
  });

  test('weights are chances', () => {
    const records = [record('heavy', 0, 30), record('light', 0, 10), record('none', 0, 0)];
    const first = new Map<string, number>();
    for (let n = 0; n < 4000; n += 1) {
      const name = orderRecords(records, systemRandom)[0]?.name ?? '';
      first.set(name, (first.get(name) ?? 0) + 1);
    }
    // 30/41, 10/41 and 1/41 of 4,000.
    expect(first.get('heavy')).toBeGreaterThan(2700);
    expect(first.get('heavy')).toBeLessThan(3150);
    expect(first.get('light')).toBeGreaterThan(800);
    expect(first.get('none') ?? 0).toBeLessThan(200);
  });
});

describe('who may be asked', () => {
  const ad = { kind: 'active_directory', name: 'Corp.Example.', transport: 'ldaps' } as const;
  test('servers of the domain only', () => {
    const records = [
      record('dc1.corp.example.'),
      record('DC2.Corp.Example'),
      record('corp.example', 0, 0, 3389),
      record('evil.example'),
      record('evilcorp.example'),
      record('.'),
    ];
    expect(hostsOf(ad, records)).toEqual([
      { host: 'dc1.corp.example', port: 636 },
      { host: 'dc2.corp.example', port: 636 },
      { host: 'corp.example', port: 3389 },
    ]);
    expect(hostsOf({ ...ad, transport: 'starttls' }, records)[0]).toEqual({
      host: 'dc1.corp.example',
      port: 389,
    });
    expect(
      hostsOf(
        ad,
        Array.from({ length: 50 }, (_, n) => record(`dc${n}.corp.example`)),
      ),
    ).toHaveLength(20);
  });

  test('what is asked for', () => {
    expect(serviceName(ad)).toBe('_ldap._tcp.dc._msdcs.corp.example');
    expect(serviceName({ kind: 'ldap', name: 'example.test' })).toBe('_ldap._tcp.example.test');
  });
});

describe('a name server', () => {
  const settings = { kind: 'ldap', name: 'example.test', transport: 'starttls' } as const;
  const never = new AbortController().signal;

  test('tells the servers', async () => {
    const nameServers = [
      await nameServer([record('b.example.test', 2), record('a.example.test', 1, 5, 1389)]),
    ];
    expect(await discoverHosts(settings, { random: systemRandom, nameServers }, never)).toEqual([
      { host: 'a.example.test', port: 1389 },
      { host: 'b.example.test', port: 389 },
    ]);
  });

  test('knows none, or only foreign ones', async () => {
    const ask = async (records: readonly ServiceRecord[]) =>
      discoverHosts(settings, { random: systemRandom, nameServers: [await nameServer(records)] }, never);
    await expect(ask([])).rejects.toThrow(/know no servers by _ldap\._tcp\.example\.test/);
    await expect(ask([record('evil.example')])).rejects.toThrow(/outside the domain/);
  });

  test('that is silent is given up when nobody waits any more', async () => {
    const nameServers = [await nameServer(null)];
    await expect(
      discoverHosts(settings, { random: systemRandom, nameServers }, AbortSignal.timeout(50)),
    ).rejects.toThrow(/ECANCELLED/);
  });
});

/** @param records null: silence */
async function nameServer(records: readonly ServiceRecord[] | null): Promise<string> {
  const started = await startServiceNameServer(records);
  onTestFinished(() => started.stop());
  return started.address;
}
