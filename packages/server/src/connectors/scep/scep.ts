// A client of SCEP servers (RFC 8894): every answer bounded in time and size, checked, and told in words.
import type { X509Certificate } from 'node:crypto';
import type { ScepFinding } from '@countersign/contract/certificate-source-models.ts';
import { newRegistrar } from '#core/certificate-sources/registrar.ts';
import type {
  ScepAnswer,
  ScepAsking,
  ScepAuthority,
  ScepClient,
  ScepPlace,
} from '#core/certificate-sources/scep-client.ts';
import { readSignedAnswer } from '#core/certificates/signed-message.ts';
import type { Clock } from '#platform/clock.ts';
import type { Random } from '#platform/random.ts';
import { Secret } from '#platform/secret.ts';
import { boundedFetch, CallRefused } from '../openid/bounded-fetch.ts';
import { GatewayAddressRefused } from '../messages/reach-gateway.ts';
import { readChallengePassword } from './challenge.ts';
import { faultOfSigner, readAnswer, writeMessage } from './messages.ts';
import {
  describeAll,
  faultOfAuthority,
  findPinned,
  issuersOf,
  missingOf,
  readCapabilities,
  readCertificates,
  registrarsOf,
  toAuthority,
} from './read-authority.ts';
import { ungrantableRequest } from './ungrantable-request.ts';

/** Of one call. */
const answerMs = 8000;
const messageType = 'application/x-pki-message';
/** For one question in a test. */
const oneQuestion = { bits: 2048, lifeMs: 86_400_000 } as const;

export interface ScepDeps {
  readonly clock: Clock;
  readonly random: Random;
}

export function createScepClient(deps: ScepDeps): ScepClient {
  return {
    probe: (place, signal) => probe(deps, place, signal),
    readChallenge: (place, signal) => readChallenge(place, signal),
    ask: (asking, signal) => ask(deps, asking, signal),
  };
}

/** What is wrong out there, for the administrator. */
class Fault extends Error {}

/** Said by a proxy, most likely: the authority behind it was not reached, or does not answer. */
class Away extends Fault {}
const saysAway: readonly number[] = [502, 503, 504];

function wordsOf(error: unknown): string {
  if (error instanceof Fault || error instanceof CallRefused || error instanceof GatewayAddressRefused)
    return error.message;
  if (!(error instanceof Error)) return 'it does not answer';
  if (error.name === 'TimeoutError' || error.name === 'AbortError') return 'it does not answer in time';
  const { code } = error as NodeJS.ErrnoException;
  return typeof code === 'string' ? `it does not answer (${code})` : 'it does not answer as HTTP servers do';
}

/** Plain HTTP is as SCEP has it: messages are signed and encrypted, and the authority is known by its fingerprint. */
async function call(
  url: string,
  signal: AbortSignal,
  post?: Uint8Array,
): Promise<{ readonly type: string; readonly bytes: Uint8Array }> {
  const init = post
    ? { method: 'POST', headers: { 'content-type': messageType }, body: post }
    : { method: 'GET', headers: {} };
  const both = AbortSignal.any([signal, AbortSignal.timeout(answerMs)]);
  const rules = { ca: null, httpOnLoopback: true, httpAnywhere: true, signal: both };
  const response = await boundedFetch(url, init, rules);
  const words = `it answers HTTP ${response.status}`;
  if (response.status !== 200) throw saysAway.includes(response.status) ? new Away(words) : new Fault(words);
  const bytes = new Uint8Array(await response.arrayBuffer());
  return { type: response.headers.get('content-type') ?? '', bytes };
}

type Step = ScepFinding['step'];

/** A step that failed. */
class StepFault extends Error {
  readonly step: Step;

  constructor(step: Step, sentence: string) {
    super(sentence);
    this.step = step;
  }
}

interface Passed {
  readonly step: Step;
  readonly sentence: string;
}

/** Findings end at the first that fails. */
async function* probe(
  deps: ScepDeps,
  place: ScepPlace,
  signal: AbortSignal,
): AsyncGenerator<ScepFinding, ScepAuthority | undefined, undefined> {
  const steps = passing(deps, place, signal);
  for (let began = deps.clock.now(); ; began = deps.clock.now()) {
    try {
      const next = await steps.next();
      if (next.done) return next.value;
      yield { ...next.value, passed: true, ms: deps.clock.now() - began };
    } catch (error) {
      if (!(error instanceof StepFault)) throw error;
      yield { step: error.step, passed: false, sentence: error.message, ms: deps.clock.now() - began };
      return undefined;
    }
  }
}

/** @throws StepFault */
async function* passing(
  deps: ScepDeps,
  place: ScepPlace,
  signal: AbortSignal,
): AsyncGenerator<Passed, ScepAuthority, undefined> {
  const capabilities = await capabilitiesOf(place, signal);
  yield { step: 'answer', sentence: `${place.url} answers; it can ${[...capabilities].join(', ')}.` };
  const missing = missingOf(capabilities);
  if (missing !== undefined)
    throw new StepFault('algorithms', `It does not say that it can ${missing}; anything weaker is not used.`);
  yield { step: 'algorithms', sentence: 'It can AES, SHA-256 and POST.' };
  const all = await certificatesOf(place, signal);
  yield { step: 'certificates', sentence: `It gives ${describeAll(all)}.` };
  const authority = pinnedOf(all, place, deps.clock.now());
  yield { step: 'fingerprint', sentence: `The fingerprint is that of ${describeAll([authority])}.` };
  const registrars = registrarsOf(all, authority, place, deps.clock.now());
  if (typeof registrars === 'string')
    throw new StepFault('registrar', `Registration authorities: ${registrars}.`);
  const recipient = describeAll(registrars.slice(0, 1));
  yield { step: 'registrar', sentence: `Messages are encrypted to ${recipient}.` };
  const found = toAuthority(authority, issuersOf(authority, all), registrars);
  yield { step: 'signature', sentence: await signatureOf(deps, place, found, signal) };
  if (place.challenge === 'dynamic') {
    const read = await readChallenge(place, signal);
    if (read.kind !== 'challenge') throw new StepFault('challenge', `Challenge password: ${read.detail}.`);
    yield { step: 'challenge', sentence: 'A challenge password was read.' };
  }
  return found;
}

const digestNames = { sha1: 'SHA-1', sha256: 'SHA-256', sha384: 'SHA-384', sha512: 'SHA-512' } as const;

/** An authority that says nothing to what it cannot grant is taken all the same. @throws StepFault */
async function signatureOf(
  deps: ScepDeps,
  { url, accept_sha1_answers: acceptSha1 }: ScepPlace,
  authority: ScepAuthority,
  signal: AbortSignal,
): Promise<string> {
  const registrar = await newRegistrar(deps, oneQuestion);
  const request = ungrantableRequest(deps.random);
  const transactionId = Buffer.from(deps.random.bytes(20)).toString('hex');
  const asking = { url, authority, registrar, request, transactionId, acceptSha1, ask: 'enrol' as const };
  const unknown = 'how it signs is seen with the first device';
  const bytes = await send(asking, deps.random.bytes(16), signal).catch(wordsOf);
  if (typeof bytes === 'string') return `Asked for what cannot be granted, ${bytes}; ${unknown}.`;
  const answer = readSignedAnswer(bytes);
  if (!answer) return `What it answers when it cannot grant has no signature; ${unknown}.`;
  const fault = faultOfSigner(answer, asking);
  if (fault !== undefined) throw new StepFault('signature', `Signature: ${fault}.`);
  return `It signs its answers with ${digestNames[answer.digest]}.`;
}

/** @throws StepFault */
function pinnedOf(all: readonly X509Certificate[], place: ScepPlace, now: number): X509Certificate {
  const authority = findPinned(all, place);
  const fault = authority ? faultOfAuthority(authority, now) : 'no certificate that the server gives has it';
  if (authority && fault === undefined) return authority;
  throw new StepFault('fingerprint', `The fingerprint ${place.fingerprint}: ${fault ?? ''}.`);
}

/** @throws StepFault */
async function capabilitiesOf({ url }: ScepPlace, signal: AbortSignal): Promise<ReadonlySet<string>> {
  try {
    const { bytes } = await call(`${url}?operation=GetCACaps`, signal);
    return readCapabilities(Buffer.from(bytes.subarray(0, 4096)).toString('latin1'));
  } catch (error) {
    throw new StepFault('answer', `${url}: ${wordsOf(error)}.`);
  }
}

/** @throws StepFault */
async function certificatesOf({ url }: ScepPlace, signal: AbortSignal): Promise<readonly X509Certificate[]> {
  try {
    const { bytes } = await call(`${url}?operation=GetCACert`, signal);
    const all = readCertificates(bytes);
    if (all) return all;
    throw new Fault('they cannot be read');
  } catch (error) {
    throw new StepFault('certificates', `Its certificates: ${wordsOf(error)}.`);
  }
}

async function readChallenge(place: ScepPlace, signal: AbortSignal): ReturnType<ScepClient['readChallenge']> {
  const user = place.challenge_user;
  const basic = Buffer.from(`${user}:${place.secret?.reveal() ?? ''}`).toString('base64');
  const headers: Record<string, string> = user === '' ? {} : { authorization: `Basic ${basic}` };
  const both = AbortSignal.any([signal, AbortSignal.timeout(answerMs)]);
  try {
    const rules = { ca: place.tls_ca, httpOnLoopback: true, signal: both };
    const response = await boundedFetch(place.challenge_url, { method: 'GET', headers }, rules);
    if (response.status !== 200) throw new Fault(`it answers HTTP ${response.status}`);
    const challenge = readChallengePassword(new Uint8Array(await response.arrayBuffer()));
    if (challenge === undefined) throw new Fault('there is none in the answer');
    return { kind: 'challenge', challenge: new Secret(challenge) };
  } catch (error) {
    return { kind: 'unavailable', detail: wordsOf(error) };
  }
}

async function ask({ random }: ScepDeps, asking: ScepAsking, signal: AbortSignal): Promise<ScepAnswer> {
  const nonce = random.bytes(16);
  try {
    return readAnswer(await send(asking, nonce, signal), asking, nonce);
  } catch (error) {
    const hasAnswered = error instanceof Fault && !(error instanceof Away);
    return { kind: hasAnswered ? 'senseless' : 'unavailable', detail: wordsOf(error) };
  }
}

/** @throws whatever `wordsOf` has words for */
async function send(asking: ScepAsking, nonce: Uint8Array, signal: AbortSignal): Promise<Uint8Array> {
  const message = writeMessage(asking, nonce);
  const { type, bytes } = await call(`${asking.url}?operation=PKIOperation`, signal, message);
  if (!type.toLowerCase().startsWith(messageType)) throw new Fault('its answer is no message of SCEP');
  return bytes;
}
