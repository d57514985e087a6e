// The closed lists of user sources and their syncs, without schemas, so that the console can have them.

export const userSourceKinds = ['active_directory', 'ldap', 'radius'] as const;
/** Those that tell of groups, by which somebody may get a role in the console. */
export const directoryKinds = ['active_directory', 'ldap'] as const;
export const userSourceTransports = ['ldaps', 'starttls', 'plain', 'udp'] as const;

export const syncStatuses = ['running', 'done', 'failed', 'stopped'] as const;
export const syncChangeKinds = ['created', 'changed', 'enabled', 'disabled', 'skipped'] as const;
export const syncSkips = {
  name_of_another:
    'Somebody else has the name here: a user with a password of their own, or of another source.',
  disabled_here: 'The user is disabled here, by an administrator.',
  disabled_there: 'The account is disabled, locked or expired in the directory, so nobody is brought in.',
  record_not_genuine:
    'A record of a device in the directory is not as Countersign wrote it: it was changed, or belongs to somebody else. It was not used.',
  device_not_restored:
    'A device that the directory knows was not taken over: the user has as many as allowed, its certificate is of no authority that is known here, another user has the device here, or the user’s phone signs an administrator in.',
  too_many_groups:
    'The person is in more groups than can be looked through: more than 1,000, more than 20 levels above each other, or more than the bind account may read at once. Nothing was changed.',
  no_name: 'The directory has no name for this person that can be shown.',
} as const;
/** What a sync changes of a user besides the fields: devices by their records in the directory. */
export const syncDeviceFields = { restored: 'device_restored', revoked: 'device_revoked' } as const;
export const syncFailures = {
  directory_unavailable: 'The directory could not be asked, or not to the end; nobody was disabled.',
  nobody_listed:
    'The directory listed nobody, which is more likely a mistake in the settings; nobody was disabled.',
  too_many_gone:
    'More than half of the users would be disabled; nobody was. Look at a dry run, and sync with “disable many” if it is right.',
  ambiguous: 'The directory does not say for sure who this is.',
  node_stopped: 'The node that synced was stopped or died; nobody was disabled after that.',
  source_changed: 'The user source was changed, disabled or deleted meanwhile.',
  internal_error: 'A defect; the log has the details.',
} as const;
export type SyncSkip = keyof typeof syncSkips;
export type SyncFailure = keyof typeof syncFailures;

export const directorySteps = [
  'settings',
  'name_resolved',
  'answered',
  'connected',
  'tls',
  'bound',
  'base_read',
  'group_found',
  'attribute_writable',
] as const;
export type SyncStatus = (typeof syncStatuses)[number];
