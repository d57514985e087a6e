// Every setting: kept in the database, editable in the console, declared here once with default and description.
import { z } from 'zod';
import { time } from './time.ts';

export interface Setting {
  readonly group: 'logins' | 'onboarding' | 'console' | 'history';
  readonly schema: z.ZodInt;
  readonly unit: 'seconds' | 'minutes' | 'hours' | 'days' | 'count';
  readonly default: number;
  readonly title: string;
  readonly description: string;
  /** The environment variable that fixes it, where there is one. */
  readonly variable?: string;
}

const setting = (declared: Setting): Setting => declared;

export const settings = {
  request_seconds: setting({
    group: 'logins',
    schema: z.int().min(10).max(600),
    unit: 'seconds',
    default: 60,
    title: 'Time to answer',
    description: 'How long a request on the phone can be answered in an application made from now on.',
  }),
  device_limit: setting({
    group: 'onboarding',
    schema: z.int().min(0).max(20),
    unit: 'count',
    default: 1,
    title: 'Devices of each user',
    description:
      'How many devices a user may have in an application made from now on. Where it is more than 1, whoever makes one acknowledges what that means.',
  }),
  onboarding_link_hours: setting({
    group: 'onboarding',
    schema: z.int().min(1).max(720),
    unit: 'hours',
    default: 24,
    title: 'Life of onboarding links',
    description: 'How long a new onboarding link works unless it is made for another time.',
  }),
  session_idle_minutes: setting({
    group: 'console',
    schema: z.int().min(5).max(720),
    unit: 'minutes',
    default: 30,
    title: 'Idle sessions',
    description: 'After how long without a call an administrator is signed out.',
  }),
  session_hours: setting({
    group: 'console',
    schema: z.int().min(1).max(72),
    unit: 'hours',
    default: 12,
    title: 'Longest session',
    description: 'After how long an administrator must sign in again, busy or not.',
  }),
  step_up_minutes: setting({
    group: 'console',
    schema: z.int().min(1).max(60),
    unit: 'minutes',
    default: 5,
    title: 'Proof for destructive acts',
    description: 'How old the proof of who is there may be when something is destroyed or power handed out.',
  }),
  activity_days: setting({
    group: 'history',
    schema: z.int().min(0).max(36_500),
    unit: 'days',
    default: 365,
    title: 'Keep activities',
    description:
      'How long auth requests that have ended are kept, with their steps and evidence; 0 for ever. The audit trail is always kept.',
    variable: 'COUNTERSIGN_ACTIVITY_DAYS',
  }),
} as const satisfies Record<string, Setting>;

export type SettingName = keyof typeof settings;
export const allSettings = Object.keys(settings) as readonly SettingName[];

export const settingStates = ['default', 'changed', 'set_to_default', 'fixed'] as const;
export type SettingState = (typeof settingStates)[number];

export const SettingItem = z.object({
  name: z.enum(allSettings as [SettingName, ...SettingName[]]),
  group: z.enum(['logins', 'onboarding', 'console', 'history']),
  unit: z.enum(['seconds', 'minutes', 'hours', 'days', 'count']),
  title: z.string(),
  description: z.string(),
  default: z.int(),
  minimum: z.int(),
  maximum: z.int(),
  value: z.int().describe('What holds now.'),
  state: z
    .enum(settingStates)
    .describe(
      '`default`: nothing is kept; `changed`; `set_to_default`: kept, and the same as the default; `fixed`: by an environment variable.',
    ),
  variable: z.string().nullable().describe('The environment variable that fixes it, or could.'),
  changed_at: time.nullable(),
});
export const Settings = z.object({ items: z.array(SettingItem) });
export const SettingChange = z.strictObject({ value: z.int() });
export type SettingItem = z.output<typeof SettingItem>;
