// What people can do, each as one function: the device, the storage and the state change together.
import type { OwnDevice } from '@countersign/contract/device-models.ts';
import type { OwnProcess } from '@countersign/contract/onboarding-device-models.ts';
import type { Decision } from '@countersign/contract/device-protocol.ts';
import { newCode, type NewCode, readOtpauth, type TypedCode } from '../codes/otpauth.ts';
import { hotp } from '../codes/one-time-password.ts';
import { version as appVersion } from '../../package.json';
import { answerChallenge, notVerified, type Reply } from '../device/answer-challenge.ts';
import { bindDevice } from '../device/bind-device.ts';
import { completeEnrolment, newEnrolment } from '../device/enrol-device.ts';
import {
  connectionOf,
  listNewcomers,
  ownDevice,
  refuseNewcomer,
  removeDevice,
  renewCertificate,
} from '../device/device-calls.ts';
import { setUpVerification } from '../device/verify-user.ts';
import { keepStorage } from '../platform/browser-state.ts';
import { deviceNow } from '@countersign/ui/clock.ts';
import { serverClock } from '../platform/clock.ts';
import { endPush } from '../push/push.ts';
import { ownPublicUrl, readOnboardingLink } from '../protocol/onboarding-link.ts';
import { codeOf } from '@countersign/ui/server-problem.ts';
import { answered, askAgain, dismiss, forget, send, tick } from '../requests/requests.ts';
import { forgetAccount, keepAccount, listAccounts } from '../storage/accounts.ts';
import { forgetCode, keepCode, listCodes, secretOf, takeCounter } from '../storage/codes.ts';
import type { Account, CodeRecord, Database, EnrolmentRecord } from '../storage/database.ts';
import { forgetEnrolment, keepEnrolment, listEnrolments, renameEnrolment } from '../storage/enrolments.ts';
import { addToHistory, clearHistory, listHistory } from '../storage/history.ts';
import { appState, learn } from './app-state.ts';
import { openInstead } from './route.ts';

export interface Actions {
  /** @param challengeId of the request that was on the screen */
  reply(challengeId: string, decision: Decision, number?: string): Promise<void>;
  /** Back to the question, when its answer was not confirmed. */
  askAgain(): void;
  dismissOutcome(): void;
  tick(): void;
  /** @throws ServerProblem, ServerUnreachable */
  bind(ticket: string, deviceName: string): Promise<Account>;
  /** Keys for an application, kept so that closing the app loses nothing; those that are there already are gone on with. */
  beginEnrolment(accessId: string, deviceName: string): Promise<EnrolmentRecord>;
  /** Keeps what is begun by its name. */
  nameEnrolment(enrolment: EnrolmentRecord, name: string): Promise<void>;
  /** The device is bound once everything is met. @throws ServerProblem, ServerUnreachable */
  completeEnrolment(enrolment: EnrolmentRecord, process: OwnProcess): Promise<Account>;
  forgetEnrolment(accessId: string): Promise<void>;
  /** What an OpenID provider gave is handed over, or of no use. */
  forgetOpenid(): void;
  /** Removes the device at the server and here. @throws ServerProblem, ServerUnreachable, and then it is still here. */
  remove(account: Account): Promise<void>;
  /** Only here; the server still knows the device. */
  forgetHere(account: Account): Promise<void>;
  /** Lets the device verify its user from now on. @throws NotVerified, ServerProblem, ServerUnreachable */
  setUpVerification(account: Account): Promise<void>;
  /** Learns what the server knows: requests held, end of the certificate, whether the user is to be verified, the application's looks. */
  lookAfter(account: Account): Promise<void>;
  /** Learns whether the user has a new device, or one that wants to be. */
  lookForNewcomers(account: Account): Promise<void>;
  /** It is not the user's. @throws ServerProblem, ServerUnreachable */
  refuseNewcomer(account: Account, id: string): Promise<void>;
  addCode(code: NewCode): Promise<void>;
  removeCode(id: string): Promise<void>;
  codeAt(record: CodeRecord, counter: number): Promise<string>;
  nextCounter(record: CodeRecord): Promise<number | undefined>;
  clearHistory(): Promise<void>;
}

export function createActions(db: Database): Actions {
  const forgetKeys = async ({ id }: Account): Promise<void> => {
    await forgetAccount(db, id);
    learn({ accounts: await listAccounts(db), requests: forget(appState.get().requests, id) });
  };
  return {
    reply: (challengeId, decision, number) => replyToRequest(db, challengeId, { decision, number }),
    askAgain: () => learn({ requests: askAgain(appState.get().requests, serverClock.now()) }),
    forgetOpenid: () => learn({ openid: undefined }),
    dismissOutcome: () => learn({ requests: dismiss(appState.get().requests, serverClock.now()) }),
    tick: () =>
      appState.change((state) => {
        const requests = tick(state.requests, serverClock.now());
        return requests === state.requests ? state : { ...state, requests };
      }),
    bind: async (ticket, deviceName) =>
      keepBound(db, await bindDevice({ publicUrl: ownPublicUrl(), ticket, deviceName, appVersion })),
    ...enrolmentActions(db),
    async remove(account) {
      await removeDevice(connectionOf(account));
      await forgetKeys(account);
    },
    async forgetHere(account) {
      // The server goes on pushing for it: not to here. The accounts that are left get another subscription.
      await endPush().catch(() => undefined);
      await forgetKeys(account);
    },
    setUpVerification: (account) => setUp(db, account),
    lookAfter: (account) => lookAfter(db, account),
    lookForNewcomers,
    async refuseNewcomer(account, id) {
      await refuseNewcomer(connectionOf(account), id);
      await lookForNewcomers(account);
    },
    ...codeActions(db),
    async clearHistory() {
      await clearHistory(db);
      learn({ history: [] });
    },
  };
}

/** Meeting the requirements of an application. */
const enrolmentActions = (
  db: Database,
): Pick<Actions, 'beginEnrolment' | 'nameEnrolment' | 'completeEnrolment' | 'forgetEnrolment'> => ({
  async beginEnrolment(accessId, deviceName) {
    const record = await keepEnrolment(db, await newEnrolment(accessId, deviceName));
    learn({ enrolments: await listEnrolments(db) });
    void keepStorage();
    return record;
  },
  async nameEnrolment(enrolment, name) {
    if (enrolment.applicationName === name) return;
    await renameEnrolment(db, enrolment.accessId, name);
    learn({ enrolments: await listEnrolments(db) });
  },
  async completeEnrolment(enrolment, process) {
    const account = await completeEnrolment(enrolment, process);
    await keepAccount(db, account);
    await forgetEnrolment(db, enrolment.accessId);
    learn({ enrolments: await listEnrolments(db) });
    return keepBound(db, account);
  },
  async forgetEnrolment(accessId) {
    await forgetEnrolment(db, accessId);
    learn({ enrolments: await listEnrolments(db) });
  },
});

/** One-time codes of other services. */
const codeActions = (db: Database): Pick<Actions, 'addCode' | 'removeCode' | 'codeAt' | 'nextCounter'> => ({
  async addCode(code) {
    await keepCode(db, code, deviceNow());
    learn({ codes: await listCodes(db), scanned: undefined });
    void keepStorage();
  },
  async removeCode(id) {
    await forgetCode(db, id);
    learn({ codes: await listCodes(db) });
  },
  codeAt: async (record, counter) => hotp({ ...record, counter, secret: await secretOf(db, record) }),
  async nextCounter({ id }) {
    const counter = await takeCounter(db, id);
    learn({ codes: await listCodes(db) });
    return counter;
  },
});

async function keepBound(db: Database, account: Account): Promise<Account> {
  await keepAccount(db, account);
  learn({ accounts: await listAccounts(db), ticket: undefined, openid: undefined });
  void keepStorage();
  // Before it is said that all is done: it may not be.
  await lookAfter(db, account).catch(() => undefined);
  return account;
}

async function lookAfter(db: Database, account: Account): Promise<void> {
  const own = await ownDevice(connectionOf(account));
  const { requests_held: isHeld, user_verification: verification } = own;
  await keepLooks(db, account, own.application);
  const expiresAt = await keepCertified(db, account, own);
  const { held, expiries, verifications, approvals } = appState.get();
  const others = held.filter((id) => id !== account.id);
  learn({
    held: isHeld ? [...others, account.id] : others,
    expiries: { ...expiries, [account.id]: expiresAt },
    verifications: { ...verifications, [account.id]: verification },
    // A server that is older knows nothing of it.
    approvals: { ...approvals, [account.id]: own.approves_from ?? null },
  });
}

async function lookForNewcomers(account: Account): Promise<void> {
  const found = await listNewcomers(connectionOf(account));
  learn({ newcomers: { ...appState.get().newcomers, [account.id]: found } });
}

async function keepLooks(db: Database, { id }: Account, now: Account['application']): Promise<void> {
  const account = appState.get().accounts.find((each) => each.id === id);
  if (!account) return;
  const { name, logo, background } = account.application;
  if (name === now.name && logo === now.logo && background === now.background) return;
  await keepAccount(db, { ...account, application: now });
  learn({ accounts: await listAccounts(db) });
}

/**
 * Renews the certificate when the server says it is time. Nobody is asked, and nobody is told of a failure: there are months for it.
 * @returns when the certificate ends
 */
async function keepCertified(
  db: Database,
  { id }: Account,
  { certificate_renew_at: dueAt, certificate_expires_at: expiresAt, server_time: now }: OwnDevice,
): Promise<number> {
  const account = appState.get().accounts.find((each) => each.id === id);
  if (!account || now < dueAt) return expiresAt;
  const renewed = await renewCertificate(account).catch(() => undefined);
  const current = renewed && appState.get().accounts.find((each) => each.id === id);
  if (!current) return expiresAt;
  await keepAccount(db, { ...current, certificate: renewed.certificate, chain: renewed.chain });
  learn({ accounts: await listAccounts(db) });
  return renewed.certificate_expires_at;
}

async function setUp(db: Database, account: Account): Promise<void> {
  const verification = await setUpVerification(connectionOf(account)).catch((error: unknown) => {
    // The answer to an earlier try was lost.
    if (codeOf(error) === 'verification_set_up') return undefined;
    throw error;
  });
  if (!verification) return lookAfter(db, account);
  learn({ verifications: { ...appState.get().verifications, [account.id]: verification } });
}

async function replyToRequest(db: Database, challengeId: string, reply: Reply): Promise<void> {
  const { requests, accounts, verifications } = appState.get();
  const sending = send(requests, challengeId, reply);
  if (sending === requests || sending.view.kind !== 'sending') return;
  const { accountId, challenge } = sending.view;
  const account = accounts.find(({ id }) => id === accountId);
  if (!account) return;
  learn({ requests: sending });
  const result = await answerChallenge(account, challenge, reply, verifications[accountId]);
  learn({ requests: answered(appState.get().requests, result, serverClock.now()) });
  // What went wrong here takes nothing back of what the server has decided.
  if (result.entry) await addToHistory(db, result.entry).catch(() => undefined);
  learn({ history: await listHistory(db).catch(() => []) });
  if (result.outcome === 'reported' || result.code === notVerified)
    await lookAfter(db, account).catch(() => undefined);
}

/** What a scanned or pasted text leads to; says why when it leads nowhere. */
export type Understood = 'done' | 'not_understood' | 'code_not_understood' | { readonly otherServer: string };

/** Goes on to the screen that the text is for. */
export function followText(text: string): Understood {
  const link = readOnboardingLink(text);
  if (link) {
    const { publicUrl = ownPublicUrl() } = link;
    const fragment = 'ticket' in link ? link.ticket : `application=${link.accessId}`;
    if (publicUrl !== ownPublicUrl()) return { otherServer: `${publicUrl}/authenticator/#${fragment}` };
    if ('ticket' in link) {
      learn({ ticket: link.ticket });
      openInstead('bind');
    } else openInstead('enrol', link.accessId);
    return 'done';
  }
  if (!/^otpauth:/i.test(text.trim())) return 'not_understood';
  if (!readOtpauth(text)) return 'code_not_understood';
  learn({ scanned: text });
  openInstead('code');
  return 'done';
}

/** For the form. */
export const readTypedCode = (typed: TypedCode): NewCode | undefined => newCode(typed);
