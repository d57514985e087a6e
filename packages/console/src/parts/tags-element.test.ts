import { expect, test } from 'vitest';
import { withTag } from './tags-element.tsx';

test('what was typed is added once; a comma ends a name unless it may be a part of one', () => {
  expect(withTag(['VPN'], ' vpn, Mail ,')).toEqual(['VPN', 'Mail']);
  const dn = 'cn=admins,dc=example';
  expect(withTag(['desk'], ` ${dn} `, { withCommas: true })).toEqual(['desk', dn]);
});
