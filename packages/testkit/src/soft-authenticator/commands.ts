// The commands of the soft authenticator: each loads the device, does one thing, and keeps what changed.
import type { Decision } from '@countersign/contract/device-protocol.ts';
import type { PendingChallenge } from './challenge.ts';
import { describeChallenge } from './describe-challenge.ts';
import { ServerProblem } from './server-problem.ts';
import { SoftAuthenticator } from './soft-authenticator.ts';
import { forgetState, loadState, saveState } from './state-file.ts';

export interface Settings {
  /** Directory that keeps the device. */
  readonly state: string;
  /** Connect here instead of to the public URL. */
  readonly connect?: string | undefined;
  /** One JSON object a line instead of text for people. */
  readonly json?: boolean | undefined;
}

/** What to tell: text for people, or the object for scripts. */
export function tell({ json }: Settings, text: string, object: Readonly<Record<string, unknown>>): void {
  process.stdout.write(json ? `${JSON.stringify(object)}\n` : `${text}\n`);
}

export function openDevice(settings: Settings): SoftAuthenticator {
  const state = loadState(settings.state);
  if (!state?.deviceId)
    throw new Error(`no device in ${settings.state}; bind one first: soft-authenticator onboard LINK`);
  return SoftAuthenticator.restore(state, { connectUrl: settings.connect });
}

/** Keeps the device after the work, whatever became of it: the clock may have been corrected, a user verification counted. */
async function withDevice<T>(
  settings: Settings,
  work: (device: SoftAuthenticator) => Promise<T>,
): Promise<T> {
  const device = openDevice(settings);
  const before = JSON.stringify(device.state);
  try {
    return await work(device);
  } finally {
    if (JSON.stringify(device.state) !== before) saveState(settings.state, device.state);
  }
}

export async function onboard(
  settings: Settings,
  link: string,
  { name }: { readonly name: string },
): Promise<void> {
  if (loadState(settings.state))
    throw new Error(
      `${settings.state} already holds a device; give another directory with --state, or remove this one: soft-authenticator remove`,
    );
  const device = await SoftAuthenticator.create({ name }, { connectUrl: settings.connect });
  const bound = await device.onboard(link);
  saveState(settings.state, device.state);
  const { application, user, device_id } = bound;
  tell(settings, `Bound to ${user.username} of ${application.name} as ${device_id}.`, {
    event: 'onboarded',
    device_id,
    application,
    user,
  });
}

export const showPending = (settings: Settings, { wait }: { readonly wait: number }): Promise<void> =>
  withDevice(settings, async (device) => {
    const challenges = await device.pending({ wait });
    for (const challenge of challenges) tellChallenge(settings, device, challenge);
    if (challenges.length === 0 && !settings.json) process.stdout.write('Nothing is pending.\n');
  });

export function tellChallenge(
  settings: Settings,
  device: SoftAuthenticator,
  challenge: PendingChallenge,
): void {
  const { id, content } = challenge;
  tell(settings, `${describeChallenge(challenge, device.connection.now())}\n`, {
    event: 'request',
    id,
    content,
  });
}

/** @returns whether the login was approved. */
export const answer = (
  settings: Settings,
  decision: Decision,
  challengeId: string | undefined,
  { number, wait }: { readonly number?: string | undefined; readonly wait: number },
): Promise<boolean> =>
  withDevice(settings, async (device) => {
    const challenge = choose(await device.pending({ wait }), challengeId);
    if (decision === 'approve' && challenge.content.number && number === undefined)
      throw new Error('this request asks for the number shown at the login: add --number');
    return sendAnswer(settings, device, challenge, decision, number);
  });

function choose(challenges: readonly PendingChallenge[], id: string | undefined): PendingChallenge {
  const newest = challenges.toSorted((a, b) => b.content.created_at - a.content.created_at)[0];
  const chosen = id === undefined ? newest : challenges.find((challenge) => challenge.id === id);
  if (!chosen) throw new Error(id === undefined ? 'nothing is pending' : `${id} is not pending`);
  return chosen;
}

/** @returns whether the login was approved. */
export async function sendAnswer(
  settings: Settings,
  device: SoftAuthenticator,
  challenge: PendingChallenge,
  decision: Decision,
  number: string | undefined,
): Promise<boolean> {
  const typed = decision === 'approve' && challenge.content.number ? number : undefined;
  // A phone offers it before; here it is done when it is first needed.
  const mustSetUp = decision === 'approve' && challenge.content.verification && !device.state.verification;
  if (mustSetUp) await device.setUpVerification();
  const { status, reason } = await device.answer(challenge, { decision, number: typed });
  tell(settings, reason === undefined ? status : `${status}: ${reason}`, {
    event: 'answered',
    challenge_id: challenge.id,
    decision,
    status,
    ...(reason === undefined ? {} : { reason }),
  });
  return status === 'approved';
}

export const showStatus = (settings: Settings): Promise<void> =>
  withDevice(settings, async (device) => {
    const first = await device.status();
    // As a phone does it: by itself, when the server says so.
    const isRenewed = first.certificate_renew_at <= first.server_time && (await device.renewCertificate());
    const { device_id, name, application, user, ...rest } = isRenewed ? await device.status() : first;
    const lines = [
      `device       ${device_id} (${name})`,
      `user         ${user.username} of ${application.name}`,
      `certificate  until ${new Date(rest.certificate_expires_at).toISOString()}`,
      `requests     ${rest.requests_held ? 'held after “it was not me”, until an administrator releases them' : 'arrive'}`,
      `clock        ${device.state.clockOffsetMs} ms corrected`,
    ];
    tell(settings, lines.join('\n'), { event: 'status', device_id, name, application, user, ...rest });
  });

/** Removes the device from the server and from this machine; one that the server no longer knows, from this machine. */
export async function remove(settings: Settings): Promise<void> {
  const device = openDevice(settings);
  const known = await device.remove().then(
    () => true,
    (error: unknown) => {
      if (error instanceof ServerProblem && error.code === 'proof_invalid') return false;
      throw error;
    },
  );
  forgetState(settings.state);
  tell(
    settings,
    known ? 'Removed.' : 'The server did not know this device any more; its keys are removed here.',
    {
      event: 'removed',
      known,
    },
  );
}
