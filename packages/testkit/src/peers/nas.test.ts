// The hand-made NAS against a real FreeRADIUS: if its packets and its checks were wrong, FreeRADIUS would show it.
import { Code, rfc2865 } from '@countersign/radius';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findProgram } from './find-program.ts';
import { type FreeradiusPeer, startFreeradius } from './freeradius.ts';
import { homePasswords } from './freeradius-configuration.ts';
import { type Nas, openNas } from './nas.ts';

const here = findProgram('freeradius') !== undefined && findProgram('radclient') !== undefined;

describe.skipIf(!here)('a hand-made NAS asks FreeRADIUS', () => {
  let home: FreeradiusPeer;
  let nas: Nas;
  beforeAll(async () => {
    home = await startFreeradius();
    nas = await openNas(home);
  });
  afterAll(async () => {
    await nas?.close();
    await home?.stop();
  });

  it('is let in, and gets the same bytes for the same bytes', async () => {
    const request = nas.prepare({ identifier: 7, username: 'bob', password: homePasswords.bob });
    const [first, second] = [await nas.exchange(request), await nas.exchange(request)];
    expect(first?.code).toBe(Code.AccessAccept);
    const texts = first?.all(rfc2865.FilterId.type).map((value) => Buffer.from(value).toString());
    expect(texts).toEqual(['staff']);
    expect(second?.bytes).toEqual(first?.bytes);
  });

  it('is not answered with a wrong Message-Authenticator', async () => {
    const request = nas.prepare({
      username: 'bob',
      password: homePasswords.bob,
      messageAuthenticator: 'wrong',
    });
    expect(await nas.exchange(request, 300)).toBeUndefined();
  });
});
