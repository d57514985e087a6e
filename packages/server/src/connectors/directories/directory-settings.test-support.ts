// Settings of a directory that nothing asks for, for tests of single parts of the connector.
import type { DirectorySettings } from '#core/user-sources/directory.ts';
import { Secret } from '#platform/secret.ts';

export const plainSettings: DirectorySettings = {
  id: 'src_1',
  revision: 1,
  kind: 'ldap',
  name: 'example.test',
  hosts: [],
  transport: 'ldaps',
  ca: null,
  bind_name: 'cn=svc',
  bind_password: new Secret('hush'),
  base_dn: 'dc=x',
  user_filter: '',
  upn_suffixes: [],
  mandatory_group: null,
  device_attribute: '',
  record_prefix: '',
  attributes: { username: '', full_name: '', email: '', phone: '', guid: '' },
  groups: [],
  group_policy_attribute: '',
  timeouts: { connect_ms: 1, answer_ms: 1 },
};
