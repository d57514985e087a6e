// Settings of a directory that nobody is going to ask.
import type { DirectorySettings } from '#core/user-sources/directory.ts';
import { Secret } from '#platform/secret.ts';

export const settingsOf = (
  kind: DirectorySettings['kind'],
  more: Partial<DirectorySettings> = {},
): DirectorySettings => ({
  id: 'src_1',
  revision: 1,
  kind,
  name: 'corp.example',
  hosts: [],
  transport: 'ldaps',
  ca: null,
  bind_name: '',
  bind_password: new Secret(''),
  base_dn: '',
  user_filter: '',
  upn_suffixes: [],
  mandatory_group: null,
  device_attribute: '',
  record_prefix: '',
  attributes: { username: '', full_name: '', email: '', phone: '', guid: '' },
  groups: [],
  group_policy_attribute: '',
  timeouts: { connect_ms: 1000, answer_ms: 1000 },
  ...more,
});
