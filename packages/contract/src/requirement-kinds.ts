// The table of what an application can demand before a device is bound, and what a list of it leaves open. Without the schemas of
// requirements.ts, since web apps show it. One more kind is one more entry here, one in requirements.ts, one in
// onboarding-device-models.ts, and one file in the server's core/onboarding/requirements.

export interface RequirementInfo {
  readonly title: string;
  /** One sentence for the administrator who chooses. */
  readonly description: string;
  /** Whether it can say who the person is; the first of a list must. */
  readonly identifies: boolean;
}

export const requirementKinds = {
  activation_link: {
    title: 'Onboarding link',
    description: 'An administrator made a link for the user; it works once.',
    identifies: true,
  },
  simple_credentials: {
    title: 'User name and password',
    description:
      'Checked against the application’s own users, then against its user sources in order; a user found there is created.',
    identifies: true,
  },
  sms: {
    title: 'Code by SMS',
    description:
      'A code goes to the user’s telephone number. First in the list, the number says who it is; later, it must be that of the user.',
    identifies: true,
  },
  email_code: {
    title: 'Code by e-mail',
    description:
      'A code goes to the user’s e-mail address. First in the list, the address says who it is; later, it must be that of the user.',
    identifies: true,
  },
  openid_connect: {
    title: 'Login at an OpenID provider',
    description:
      'The person logs in at an OpenID provider of the application; a user found there is created or refreshed.',
    identifies: true,
  },
  manual: {
    title: 'In person',
    description:
      'Phone and console show the same picture; an administrator compares them, sees the person, and approves.',
    identifies: true,
  },
  existing_device: {
    title: 'A device that the user already has',
    description: 'The user approves on the old device, by typing the number that the new one shows.',
    identifies: false,
  },
  administrator_approval: {
    title: 'Approval by an administrator',
    description: 'Somebody looks at what is known and lets the device in or not.',
    identifies: false,
  },
} as const satisfies Record<string, RequirementInfo>;

export type RequirementKindName = keyof typeof requirementKinds;
export const allRequirementKinds = Object.keys(requirementKinds) as [
  RequirementKindName,
  ...RequirementKindName[],
];

/** What a list leaves open, so that nobody sets it up without knowing. */
export const requirementRisks = {
  password_binds_device:
    'The password alone binds a phone, and an approval on the phone is the only second factor: who knows the password of a user without a phone has both.',
  sms_binds_device:
    'A code by SMS alone binds a phone, and an approval on the phone is the only second factor: who gets hold of the telephone number has both.',
  email_binds_device:
    'A code by e-mail alone binds a phone, and an approval on the phone is the only second factor: who reads the mailbox has both.',
  openid_binds_device:
    'A login at an OpenID provider alone binds a phone, and an approval on the phone is the only second factor: see to it that the provider asks for a second factor of its own.',
} as const satisfies Record<string, string>;
export type RequirementRisk = keyof typeof requirementRisks;

/** All that an application can leave open: by its devices, and by what it requires of new ones. */
export type ApplicationRisk = 'more_devices' | RequirementRisk;
export const applicationRisks = ['more_devices', ...Object.keys(requirementRisks)] as [
  ApplicationRisk,
  ...ApplicationRisk[],
];

/** The risks of a list, where an application asks for this second factor. */
export function risksOf(
  list: readonly { readonly kind: RequirementKindName }[],
  secondFactor: 'push' | 'by_team' | 'none',
): RequirementRisk[] {
  if (secondFactor === 'none') return [];
  const isAll = (one: RequirementKindName) => list.every(({ kind }) => kind === one);
  return [
    ...(isAll('simple_credentials') ? (['password_binds_device'] as const) : []),
    ...(isAll('sms') ? (['sms_binds_device'] as const) : []),
    ...(isAll('email_code') ? (['email_binds_device'] as const) : []),
    ...(isAll('openid_connect') ? (['openid_binds_device'] as const) : []),
  ];
}

export const processStatuses = ['open', 'completed', 'expired', 'destroyed', 'refused'] as const;
export type ProcessStatus = (typeof processStatuses)[number];
export const waitsFor = ['person', 'administrator', 'existing_device', 'time'] as const;
export type WaitsFor = (typeof waitsFor)[number];
