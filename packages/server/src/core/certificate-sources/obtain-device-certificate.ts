// The certificate of a device, from this installation's authority or from a third party's. There the device must first be told what its
// request has to hold, because only the device can sign it (ADR 0025); what is under way survives lost answers and restarts.
import { createHash, type KeyObject, timingSafeEqual } from 'node:crypto';
import { type Actor, type AuditDeps, recordAudit } from '#core/audit/record-audit.ts';
import { findCertificateState } from '#core/certificates/certificate-store.ts';
import {
  type CertificateIssuerDeps,
  type DeviceCertificate,
  issueDeviceCertificate,
} from '#core/certificates/issue-device-certificate.ts';
import type { Db, Tx } from '#db/db.ts';
import { newId } from '#platform/id.ts';
import { Problem } from '#platform/problem.ts';
import type { Vault } from '#platform/vault.ts';
import { type OpenSource, openSource } from './certificate-source.ts';
import {
  type EnrolmentRow,
  findEnrolment,
  forgetEnrolment,
  forgetEnrolmentsOf,
  forgetOldEnrolments,
  moveEnrolment,
  putEnrolment,
} from './certificate-source-store.ts';
import { judgeIssued } from './judge-issued.ts';
import { readRequested } from './requested.ts';
import type { ScepClient } from './scep-client.ts';

export type ObtainDeps = AuditDeps &
  CertificateIssuerDeps & { readonly db: Db; readonly vault: Vault; readonly scep: ScepClient };

export interface Obtaining {
  /** RFC 7638, of the device's signing key. */
  readonly keyThumbprint: string;
  readonly publicKey: KeyObject;
  /** PEM, for that key and signed by it. */
  readonly request: string;
  /** Of a device that is bound already; null: a new one. */
  readonly deviceId: string | null;
  readonly applicationId: string;
}

/** For whom, and what was had. */
export interface Obtained {
  readonly deviceId: string;
  readonly certificate: DeviceCertificate;
}

/** Nothing was issued; `why` is for the administrator alone. */
export class NotIssued extends Problem {
  readonly authority: string;
  readonly why: string;

  constructor(code: 'certificate_pending' | 'certificate_unavailable', authority: string, why: string) {
    super(code);
    this.authority = authority;
    this.why = why;
  }
}

/** The person waits for all of it together. */
const patienceMs = 10_000;
const challengeLifeMs = 10 * 60_000;
const challengePurpose = 'certificate-challenge';
const keptMs = 30 * 86_400_000;

/** Which authority issues now. */
export async function issuingAuthorityId(
  deps: Pick<ObtainDeps, 'db' | 'vault' | 'authorities'>,
): Promise<string> {
  const source = await openSource(deps);
  return source ? source.authorityId : (await deps.authorities.current()).id;
}

/** @throws Problem certificate_request_differs, NotIssued */
export async function obtainDeviceCertificate(deps: ObtainDeps, input: Obtaining): Promise<Obtained> {
  const source = await openSource(deps);
  if (!source) {
    const deviceId = input.deviceId ?? newId(deps, 'dev');
    return { deviceId, certificate: await issueDeviceCertificate(deps, deviceId, input.publicKey) };
  }
  const signal = AbortSignal.timeout(patienceMs);
  const row = await underWay(deps, source, input, signal);
  const kept =
    row.certificate === null ? undefined : judge(deps, source, input, row, [derOf(row.certificate)]);
  if (kept !== undefined && typeof kept !== 'string') return { deviceId: row.device_id, certificate: kept };
  const asking = row.state === 'told' ? await firstAsk(deps, source, input, row) : row;
  return askAuthority(deps, source, input, {
    row: asking,
    ask: row.state === 'told' ? 'enrol' : 'poll',
    signal,
  });
}

/** The device has it. */
export const forgetObtained = (tx: Tx, keyThumbprint: string) => forgetEnrolmentsOf(tx, keyThumbprint);

/** What was begun for this key and these settings, begun now if there is nothing. */
async function underWay(
  deps: ObtainDeps,
  source: OpenSource,
  input: Obtaining,
  signal: AbortSignal,
): Promise<EnrolmentRow> {
  const found = await findEnrolment(deps.db.read, input.keyThumbprint);
  const isOld = found?.state === 'told' && found.challenge_until <= deps.clock.now();
  const isOther =
    found &&
    (found.revision !== source.revision ||
      (input.deviceId !== null && found.device_id !== input.deviceId) ||
      isOld);
  if (found && !isOther) return found;
  const row = await newEnrolment(deps, source, input, signal);
  const isFirst = await deps.db.write(async (tx) => {
    if (found) await forgetEnrolment(tx, found);
    await forgetOldEnrolments(tx, deps.clock.now() - keptMs);
    return putEnrolment(tx, row);
  });
  return (isFirst ? undefined : await findEnrolment(deps.db.read, input.keyThumbprint)) ?? row;
}

async function newEnrolment(
  deps: ObtainDeps,
  source: OpenSource,
  input: Obtaining,
  signal: AbortSignal,
): Promise<EnrolmentRow> {
  const challenge = await challengeFor(deps, source, input, signal);
  const now = deps.clock.now();
  return {
    key_thumbprint: input.keyThumbprint,
    revision: source.revision,
    device_id: input.deviceId ?? newId(deps, 'dev'),
    state: 'told',
    challenge:
      challenge === null
        ? null
        : deps.vault.seal(challengePurpose, input.keyThumbprint, Buffer.from(challenge, 'latin1')),
    challenge_until: now + challengeLifeMs,
    transaction_id: Buffer.from(deps.random.bytes(20)).toString('hex'),
    request: null,
    certificate: null,
    created_at: now,
  };
}

async function challengeFor(
  deps: ObtainDeps,
  source: OpenSource,
  input: Obtaining,
  signal: AbortSignal,
): Promise<string | null> {
  const { place } = source;
  if (place.challenge === 'none') return null;
  if (place.challenge === 'static') return place.secret?.reveal() ?? null;
  const read = await deps.scep.readChallenge(place, signal);
  if (read.kind === 'challenge') return read.challenge.reveal();
  return refuse(deps, source, input, `no challenge password: ${read.detail}`);
}

/** Writes down what is sent before it is sent: a lost answer is then asked for, not the certificate again. @throws Problem certificate_request_differs */
async function firstAsk(
  deps: ObtainDeps,
  source: OpenSource,
  { keyThumbprint, request }: Obtaining,
  row: EnrolmentRow,
): Promise<EnrolmentRow> {
  const requested = readRequested(request);
  const challenge =
    row.challenge === null
      ? null
      : Buffer.from(deps.vault.open(challengePurpose, keyThumbprint, row.challenge)).toString('latin1');
  if (!requested.namesOnly(row.device_id) || !isSame(requested.challenge, challenge))
    throw new Problem('certificate_request_differs', undefined, [], {
      certificate_request: { common_name: row.device_id, challenge_password: challenge },
    });
  const sent = requested.der.toString('base64');
  const asked = {
    ...{ state: 'asked' as const, request: sent, challenge: null },
    challenge_until: deps.clock.now() + patienceMs,
  };
  const isFirst = await deps.db.write((tx) => moveEnrolment(tx, row, 'told', asked));
  if (!isFirst) throw new NotIssued('certificate_pending', source.place.url, 'another call asks already');
  return { ...row, ...asked };
}

function isSame(one: string | null, other: string | null): boolean {
  if (one === null || other === null) return one === other;
  const [a, b] = [one, other].map((text) => createHash('sha256').update(text).digest());
  return a !== undefined && b !== undefined && timingSafeEqual(a, b);
}

interface Ask {
  readonly row: EnrolmentRow;
  readonly ask: 'enrol' | 'poll';
  readonly signal: AbortSignal;
}

async function askAuthority(
  deps: ObtainDeps,
  source: OpenSource,
  input: Obtaining,
  { row, ask, signal }: Ask,
): Promise<Obtained> {
  const { authority, registrar, place } = source;
  const request = Buffer.from(row.request ?? '', 'base64');
  const { url, accept_sha1_answers: acceptSha1 } = place;
  const asking = { url, authority, registrar, request, transactionId: row.transaction_id, acceptSha1, ask };
  const answer = await deps.scep.ask(asking, signal);
  if (answer.kind === 'pending') return wait(deps, source, input, row);
  // One that never said that it waits may know of no polling (step-ca does not): asked for in vain, the transaction would bar the key.
  // That it waits must be proved: where SHA-1 is taken, somebody between may have said so.
  const isPolledRightly = ask === 'enrol' || (row.state === 'waits' && !acceptSha1);
  // The first call may still wait for its answer: what it asked for is not forgotten behind its back.
  const isUnderWay = ask === 'poll' && row.state === 'asked' && deps.clock.now() < row.challenge_until;
  const isKept =
    answer.kind === 'unavailable' || (answer.kind === 'senseless' && (isPolledRightly || isUnderWay));
  if (isKept && ask === 'enrol')
    await deps.db.write((tx) => moveEnrolment(tx, row, 'asked', { challenge_until: deps.clock.now() }));
  if (isKept) return refuse(deps, source, input, answer.detail);
  const judged =
    answer.kind === 'issued' ? judge(deps, source, input, row, answer.certificates) : answer.detail;
  if (typeof judged === 'string') return endWithout(deps, source, input, row, judged);
  const known = await findCertificateState(deps.db.read, judged.authorityId, judged.serial);
  if (known && known.revoked_at !== null)
    return endWithout(
      deps,
      source,
      input,
      row,
      'what it issued is a certificate that was revoked here before',
    );
  // Should the device not be bound now, it finds the certificate the next time. One that it has already must not stand in the way of a new one.
  await deps.db.write<unknown>((tx) =>
    known
      ? forgetEnrolment(tx, row)
      : moveEnrolment(tx, row, row.state, { state: 'issued', certificate: judged.pem }),
  );
  return { deviceId: row.device_id, certificate: judged };
}

/** The next call begins anew. */
async function endWithout(
  deps: ObtainDeps,
  source: OpenSource,
  input: Obtaining,
  row: EnrolmentRow,
  reason: string,
) {
  await deps.db.write((tx) => forgetEnrolment(tx, row));
  return refuse(deps, source, input, reason);
}

const judge = (
  { clock }: ObtainDeps,
  { authority, authorityId }: OpenSource,
  { publicKey }: Obtaining,
  { device_id: deviceId }: EnrolmentRow,
  certificates: readonly Uint8Array[],
): DeviceCertificate | string =>
  judgeIssued(certificates, {
    deviceId,
    publicKey,
    authority: { id: authorityId, ...authority },
    now: clock.now(),
  });

const derOf = (pem: string): Buffer => Buffer.from(pem.replace(/-----[^-]+-----/g, ''), 'base64');

async function wait(
  deps: ObtainDeps,
  source: OpenSource,
  input: Obtaining,
  row: EnrolmentRow,
): Promise<never> {
  await deps.db.write((tx) => moveEnrolment(tx, row, row.state, { state: 'waits' }));
  await tell(deps, 'certificate.waits', source, input, {});
  throw new NotIssued('certificate_pending', source.place.url, 'it has not decided yet');
}

async function refuse(
  deps: ObtainDeps,
  source: OpenSource,
  input: Obtaining,
  reason: string,
): Promise<never> {
  await tell(deps, 'certificate.refused', source, input, { reason });
  throw new NotIssued('certificate_unavailable', source.place.url, reason);
}

async function tell(
  deps: ObtainDeps,
  event: 'certificate.waits' | 'certificate.refused',
  { place }: OpenSource,
  { deviceId, applicationId }: Obtaining,
  data: Readonly<Record<string, string>>,
): Promise<void> {
  const actor: Actor = deviceId === null ? { kind: 'system' } : { kind: 'device', id: deviceId };
  await deps.db.write((tx) =>
    recordAudit(tx, deps, {
      event,
      actor,
      applicationId,
      subjectId: deviceId,
      data: { url: place.url, ...data },
    }),
  );
}
