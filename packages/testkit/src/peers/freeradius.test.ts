// The FreeRADIUS and radclient peers against each other: what a later proxy test compares with.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findProgram } from './find-program.ts';
import { type FreeradiusPeer, startFreeradius } from './freeradius.ts';
import { homeCode, homePasswords } from './freeradius-configuration.ts';
import { chapLogin, papLogin, radclient } from './radclient.ts';

const here = findProgram('freeradius') !== undefined && findProgram('radclient') !== undefined;

describe.skipIf(!here)('FreeRADIUS asked by radclient', () => {
  let home: FreeradiusPeer;
  beforeAll(async () => {
    home = await startFreeradius();
  });
  afterAll(() => home?.stop());

  it('accepts PAP and CHAP with every reply attribute', async () => {
    const [pap, chap] = await Promise.all([
      radclient(home, papLogin('alice', homePasswords.alice)),
      radclient(home, chapLogin('alice', homePasswords.alice)),
    ]);
    expect(pap.code).toBe('Access-Accept');
    const unsigned = (reply: typeof pap) =>
      reply.attributes.filter(([name]) => name !== 'Message-Authenticator');
    expect(unsigned(chap)).toEqual(unsigned(pap));
    expect(pap.all('Reply-Message')).toEqual(['Hello alice', 'Second line, naïve – ✓']);
    expect(pap.all('Class')).toEqual(['0x636c6173732d6f6e65', '0x00ff10fe']);
    expect(pap.all('Tunnel-Private-Group-Id:1')).toEqual(['42']);
    expect(pap.all('Tunnel-Password:2')).toEqual(['tunnel secret']);
    expect(pap.all('MS-MPPE-Send-Key')).toEqual(['0x00112233445566778899aabbccddeeff']);
    expect(pap.all('Attr-26.99999.1')).toEqual(['0x756e6b6e6f776e']);
    expect(pap.all('Attr-222')).toEqual(['0x0102030405']);
  });

  it('takes a name and a password in UTF-8', async () => {
    const { code } = await radclient(home, papLogin('josé', homePasswords.josé));
    expect(code).toBe('Access-Accept');
  });

  it('refuses a wrong password and a disabled user', async () => {
    const wrong = await radclient(home, papLogin('alice', 'it\'s %{wrong} \\ "quoted"'));
    const disabled = await radclient(home, papLogin('disabled', homePasswords.disabled));
    expect([wrong.code, disabled.code]).toEqual(['Access-Reject', 'Access-Reject']);
    expect(disabled.all('Reply-Message')).toEqual(['Account disabled']);
    expect(home.logins().filter((line) => line.includes('incorrect'))).not.toEqual([]);
  });

  it('asks for a code and takes it', async () => {
    const asked = await radclient(home, papLogin('challenge', homePasswords.challenge));
    expect(asked.code).toBe('Access-Challenge');
    const state = asked.all('State')[0] ?? '';
    const { code } = await radclient(home, papLogin('challenge', homeCode, [['State', state]]));
    expect(code).toBe('Access-Accept');
  });

  it('says nothing while it hangs, and nothing to a caller who gave up', async () => {
    home.suspend();
    const silent = await radclient(home, papLogin('bob', homePasswords.bob), { timeoutSeconds: 1 });
    home.resume();
    const aborted = await radclient(home, papLogin('slow', homePasswords.slow), {
      signal: AbortSignal.timeout(100),
    });
    expect([silent.code, aborted.code]).toEqual(['no reply', 'no reply']);
  });
});
