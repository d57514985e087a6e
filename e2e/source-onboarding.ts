// People who bind a phone with the name and password of a directory, through the real server: what the phone is told, to the letter, and
// what the administrator reads.
import { createHash } from 'node:crypto';
import type { Application } from '@countersign/contract/models.ts';
import type {
  OnboardingProcess,
  OnboardingProcessWithSteps,
} from '@countersign/contract/onboarding-models.ts';
import type { UserSource, UserSourceSync } from '@countersign/contract/user-source-models.ts';
import type { Enrolment } from '@countersign/testkit/soft-authenticator/enrolment.ts';
import { ServerProblem } from '@countersign/testkit/soft-authenticator/server-problem.ts';
import { SoftAuthenticator } from '@countersign/testkit/soft-authenticator/soft-authenticator.ts';
import { vi } from 'vitest';
import type { ApiCaller } from './api-caller.ts';
import { requiring } from './onboarding-browser/enrolling.ts';
import type { Vpn } from './vpn.ts';

export interface SourceApplication extends Application {
  /** With which anybody begins. */
  readonly link: string;
  readonly source: UserSource;
}

/** An application that lets in by name and password, and the directory that it asks. @param more options of `applications create` */
export async function addSourceApplication(
  { vpn, caller }: { readonly vpn: Vpn; readonly caller: ApiCaller },
  name: string,
  source: Readonly<Record<string, unknown>>,
  more: readonly string[] = [],
): Promise<SourceApplication> {
  const application = await vpn.addApplication(name, more);
  const link = await requiring(caller, application, ['simple_credentials']);
  const made = await caller.call<UserSource>(
    'POST',
    `/v1/applications/${application.id}/user-sources`,
    source,
  );
  return { ...application, link, source: made };
}

export interface Given {
  readonly phone: SoftAuthenticator;
  readonly enrolment: Enrolment;
  readonly processId: string;
  /** Whether name and password were accepted. */
  readonly accepted: boolean;
  /** What the phone was told: status, headers and text of the answer, and how the process then looks; without what is of each call alone. */
  readonly told: string;
  /** How long the answer took. */
  readonly ms: number;
}

let phones = 0;

/** Of each phone one of its own, so that limits of one address hold up nobody. */
function addressOf(index: number): string {
  const digest = createHash('sha256').update(`${process.pid} ${index}`).digest();
  return `198.${18 + ((digest[0] ?? 0) % 2)}.${digest[1]}.${digest[2]}`;
}

/** A new phone begins. The server must have been given `fleetEnvironment`. */
export async function beginWith(link: string, name = 'Phone'): Promise<GivingPhone> {
  phones += 1;
  const address = addressOf(phones);
  const answers: Response[] = [];
  const phone = await SoftAuthenticator.create(
    { name },
    {
      fetch: async (input, init) => {
        const headers = new Headers(init?.headers);
        headers.set('x-forwarded-for', address);
        const response = await fetch(input, { ...init, headers });
        answers.push(response.clone());
        return response;
      },
    },
  );
  const enrolment = phone.enrolment(link);
  await enrolment.begin();
  return {
    phone,
    enrolment,
    async give(username, password) {
      const since = performance.now();
      const accepted = await enrolment.give({ kind: 'simple_credentials', username, password }).then(
        () => true,
        (error: unknown) => {
          if (error instanceof ServerProblem && error.code === 'step_not_accepted') return false;
          throw error;
        },
      );
      const ms = performance.now() - since;
      const answer = answers.at(-1);
      const standing = { ...(await enrolment.look()), process_id: '', expires_at: 0, server_time: 0 };
      const told = JSON.stringify([answer && (await plain(answer)), standing]);
      return { phone, enrolment, processId: enrolment.processId, accepted, told, ms };
    },
  };
}

export interface GivingPhone {
  readonly phone: SoftAuthenticator;
  readonly enrolment: Enrolment;
  /** @throws ServerProblem other than `step_not_accepted` */
  give(username: string, password: string): Promise<Given>;
}

/** Of each call alone, as the id of the request is. */
const ofTheCall = new Set(['date', 'x-request-id']);

async function plain(answer: Response): Promise<unknown> {
  const headers = [...answer.headers].filter(([name]) => !ofTheCall.has(name));
  const text = await answer.text();
  return [answer.status, headers, text.replace(/"request_id":"[0-9a-f-]{36}"/, '"request_id":"…"')];
}

export const giveOnce = async (link: string, username: string, password: string): Promise<Given> =>
  (await beginWith(link, `Phone of ${username.replace(/[^ -~]/g, '')}`.slice(0, 80))).give(
    username,
    password,
  );

/** What the administrator reads of the check of name and password. */
export async function reasonsOf(caller: ApiCaller, processId: string): Promise<readonly string[]> {
  const { steps } = await caller.call<OnboardingProcessWithSteps>(
    'GET',
    `/v1/onboarding-processes/${processId}`,
  );
  return steps.filter(({ group }) => group === 'simple_credentials').map(({ text }) => text);
}

/** The activities of an application, newest first. */
export const processesOf = async (
  caller: ApiCaller,
  { id }: Application,
): Promise<readonly OnboardingProcess[]> =>
  (
    await caller.call<{ items: OnboardingProcess[] }>(
      'GET',
      `/v1/applications/${id}/onboarding-processes?limit=200`,
    )
  ).items;

const longestSyncMs = 600_000;

/** Brings in everybody of a source, and waits for the end. @param look sees it about ten times a second. @throws unless it ends well */
export async function syncAll(
  caller: ApiCaller,
  { id }: UserSource,
  { input = {}, look }: { readonly input?: object; readonly look?: (sync: UserSourceSync) => void } = {},
): Promise<UserSourceSync> {
  let sync = await caller.call<UserSourceSync>('POST', `/v1/user-sources/${id}/syncs`, input);
  const hasEnded = async (): Promise<boolean> => {
    look?.(sync);
    sync = await caller.call<UserSourceSync>('GET', `/v1/user-source-syncs/${sync.id}`);
    return sync.status !== 'running';
  };
  await vi.waitUntil(hasEnded, { interval: 100, timeout: longestSyncMs });
  if (sync.status !== 'done')
    throw new Error(`the sync ended: ${sync.status} ${sync.failure} ${sync.detail}`);
  return sync;
}
