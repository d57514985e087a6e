import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { gatewayKinds, radclientLine, snippetsOf } from './gateway-snippets.ts';

const facts = { host: '192.0.2.5', port: 1812, secret: 'THE-SHARED-SECRET', seconds: 60 };

describe('what is written into the configuration of a gateway', () => {
  test.each(gatewayKinds)('%s: address, port, secret, and the time that a person needs', (kind) => {
    const code = snippetsOf(kind, facts)
      .map((each) => each.code)
      .join('\n');
    for (const part of ['192.0.2.5', '1812', 'THE-SHARED-SECRET']) expect(code).toContain(part);
    expect(code).toMatch(/60|retransmit_timeout = 15/);
  });

  test('no more than each can: FreeRADIUS waits 60 seconds for a home server, 120 in all; pam_radius 60', () => {
    const slow = { ...facts, seconds: 600 };
    const [proxy, main] = snippetsOf('freeradius', slow);
    expect(proxy?.code).toContain('response_window = 60\n');
    expect(main?.code).toBe('max_request_time = 120');
    expect(snippetsOf('pam_radius', slow)[0]?.code).toMatch(/ 60$/);
  });

  test('a secret with quotes stays in its quotes', () => {
    expect(snippetsOf('freeradius', { ...facts, secret: 'a"b\\c' })[0]?.code).toContain('"a\\"b\\\\c"');
  });
});

test('the line for radclient survives the shell', () => {
  const line = radclientLine({ ...facts, secret: `it's`, username: `o'neil`, password: 'a "b" $c' });
  const asked = line.replace(/radclient -x.*$/s, 'cat');
  const { stdout } = spawnSync('sh', ['-c', asked], { encoding: 'utf8' });
  expect(stdout.trim()).toBe(
    `User-Name="o'neil", User-Password="a \\"b\\" $c", Calling-Station-Id=203.0.113.9, Message-Authenticator=0x00`,
  );
  expect(line).toMatch(/-t 60 192\.0\.2\.5:1812 auth 'it'\\''s'$/);
});
