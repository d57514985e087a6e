// The watch command: shows each request as it comes, and answers it by key, or by itself.
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Decision } from '@countersign/contract/device-protocol.ts';
import type { PendingChallenge } from './challenge.ts';
import { openDevice, type Settings, sendAnswer, tell, tellChallenge } from './commands.ts';
import { ServerProblem } from './server-problem.ts';
import type { SoftAuthenticator } from './soft-authenticator.ts';
import { saveState } from './state-file.ts';
import { isInteractive, readKey, readLine } from './terminal.ts';
import { watchChallenges } from './watch-challenges.ts';

export interface WatchSettings extends Settings {
  readonly events?: boolean | undefined;
  /** Answer everything so. */
  readonly auto?: Decision | undefined;
  /** File that gets to hold the number to type. */
  readonly numberFrom?: string | undefined;
}

const fileLookMs = 100;

/** Runs until SIGINT or SIGTERM. */
export async function watch(settings: WatchSettings): Promise<void> {
  const device = openDevice(settings);
  const stop = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stop.abort());
  tell(settings, `Waiting for requests (${device.state.publicUrl}); Ctrl-C ends.`, { event: 'watching' });
  const trouble = (error: Error) =>
    tell(settings, error.message, { event: 'trouble', message: error.message });
  const by = settings.events ? 'events' : 'poll';
  try {
    for await (const challenge of watchChallenges(device, { by, signal: stop.signal, trouble })) {
      tellChallenge(settings, device, challenge);
      await handle(settings, device, challenge, stop.signal);
    }
  } finally {
    saveState(settings.state, device.state);
  }
}

/** A refused answer (too late, answered elsewhere) is told; the watch goes on. */
async function handle(
  settings: WatchSettings,
  device: SoftAuthenticator,
  challenge: PendingChallenge,
  stop: AbortSignal,
): Promise<void> {
  const left = Math.max(0, challenge.content.expires_at - device.connection.now());
  const signal = AbortSignal.any([stop, AbortSignal.timeout(left)]);
  try {
    const reply = await decide(settings, challenge, signal);
    if (reply) await sendAnswer(settings, device, challenge, reply.decision, reply.number);
    else if (settings.auto || isInteractive())
      tell(settings, 'not answered', { event: 'unanswered', id: challenge.id });
  } catch (error) {
    if (signal.aborted && !stop.aborted)
      return tell(settings, 'expired', { event: 'unanswered', id: challenge.id });
    if (!(error instanceof ServerProblem)) throw error;
    tell(settings, error.message, { event: 'refused', challenge_id: challenge.id, code: error.code });
  }
}

interface Reply {
  readonly decision: Decision;
  readonly number: string | undefined;
}

async function decide(
  settings: WatchSettings,
  { content }: PendingChallenge,
  signal: AbortSignal,
): Promise<Reply | undefined> {
  const decision = settings.auto ?? (await askDecision(signal));
  if (!decision) return undefined;
  if (decision !== 'approve' || !content.number) return { decision, number: undefined };
  const { numberFrom } = settings;
  if (numberFrom !== undefined) return { decision, number: await awaitNumber(numberFrom, signal) };
  if (!isInteractive()) throw new Error('a request asks for a number: give --number-from FILE');
  return { decision, number: await askNumber(content.number.digits, signal) };
}

/** Asks until it looks like a number: a slip of the finger is no answer, while a wrong number is a final one. */
async function askNumber(digits: number, signal: AbortSignal): Promise<string> {
  const pattern = new RegExp(`^[0-9]{${digits}}$`);
  for (;;) {
    const text = (await readLine('Number shown at the login: ', signal)).trim();
    if (pattern.test(text)) return text;
    process.stdout.write(`It has ${digits} digits.\n`);
  }
}

async function askDecision(signal: AbortSignal): Promise<Decision | undefined> {
  if (!isInteractive()) return undefined;
  process.stdout.write('[a]pprove  [d]eny  [r]eport “it was not me”  [s]kip\n');
  const decisions: Readonly<Record<string, Decision>> = { a: 'approve', d: 'deny', r: 'report' };
  return decisions[(await readKey('adrs', signal)) ?? 's'];
}

/** Waits until the file holds digits, as long as the request lives. */
async function awaitNumber(file: string, signal: AbortSignal): Promise<string> {
  for (;;) {
    const text = (await readFile(file, 'utf8').catch(() => '')).trim();
    if (/^[0-9]+$/.test(text)) return text;
    await sleep(fileLookMs, undefined, { signal });
  }
}
