// How far a new server is: read from what exists on it, so that it can be left and taken up again, here or in another browser.
import type { Application, User } from '@countersign/contract/models.ts';
import type { RadiusClient } from '@countersign/contract/radius-models.ts';

export const stepNames = ['application', 'client', 'user', 'phone', 'login'] as const;
export type StepName = (typeof stepNames)[number];

/** What there is of the application that is set up. */
export interface Existing {
  readonly application?: Application | undefined;
  readonly client?: RadiusClient | undefined;
  readonly user?: User | undefined;
  /** Somebody was let into it once. */
  readonly hasLogin: boolean;
}

/** What was typed a moment ago and would have to be typed again for the first login; in memory only. */
export interface Typed {
  readonly username: string;
  readonly password: string;
}

export function doneSteps({ application, client, user, hasLogin }: Existing): ReadonlySet<StepName> {
  const is: Readonly<Record<StepName, boolean>> = {
    application: application !== undefined,
    client: client !== undefined,
    user: user !== undefined,
    phone: (user?.device_count ?? 0) > 0,
    login: hasLogin,
  };
  return new Set(stepNames.filter((name) => is[name]));
}

/** A step cannot be taken before there is what it builds on. */
const buildsOn: Readonly<Record<StepName, readonly StepName[]>> = {
  application: [],
  client: ['application'],
  user: ['application'],
  phone: ['user'],
  login: ['client'],
};

export const isOpen = (name: StepName, done: ReadonlySet<StepName>): boolean =>
  buildsOn[name].every((each) => done.has(each));

/** The step that is wished for where it can be taken; otherwise the first that is not done, or the last of all. */
export function currentStep(done: ReadonlySet<StepName>, wished: string | undefined): StepName {
  const chosen = stepNames.find((name) => name === wished);
  if (chosen && isOpen(chosen, done)) return chosen;
  return stepNames.find((name) => !done.has(name) && isOpen(name, done)) ?? 'login';
}

/** The next one after a step that can be taken, for whoever goes on or skips it. */
export function nextStep(after: StepName, done: ReadonlySet<StepName>): StepName | undefined {
  const rest = stepNames.slice(stepNames.indexOf(after) + 1);
  return rest.find((name) => isOpen(name, done));
}

/** Who can open an onboarding link: browsers give keys to https, and to this very machine. */
export function linkReach(link: string): 'anywhere' | 'this_machine' | 'nowhere' {
  const { protocol, hostname } = new URL(link);
  if (hostname === 'localhost' || hostname.endsWith('.localhost') || /^(?:127\.|\[::1\])/.test(hostname))
    return 'this_machine';
  return protocol === 'https:' ? 'anywhere' : 'nowhere';
}
