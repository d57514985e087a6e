// Families of audit events: the begins of their names up to the dot. A test holds them to the catalogue of the contract.

export const families = [
  'auth_request',
  'user',
  'device',
  'onboarding_link',
  'push_subscription',
  'verification_credential',
  'application',
  'radius_client',
  'home_server',
  'api_client',
  'administrator',
  'session',
  'passkey',
  'setup_link',
  'setting',
  'test_login',
  'installation',
  'vapid_key',
  'audit',
] as const;
