// Decides where the certificates of devices come from. A third party's server is asked before anything is written.
import type {
  CertificateSource,
  NewCertificateSource,
  ScepFinding,
  ScepSource,
} from '@countersign/contract/certificate-source-models.ts';
import { type Actor, type AuditDeps, recordAudit } from '#core/audit/record-audit.ts';
import { insertAuthority, selectAuthorities } from '#core/certificates/authority-store.ts';
import type { Db, Read, Tx } from '#db/db.ts';
import { uuid4 } from '#platform/id.ts';
import { Problem } from '#platform/problem.ts';
import { Secret } from '#platform/secret.ts';
import type { Vault } from '#platform/vault.ts';
import {
  fieldsOf,
  openSecret,
  registrarKeyPurpose,
  showSource,
  sourceOwner,
  sourceSecretPurpose,
} from './certificate-source.ts';
import { findSource, putSource, type SourceRow } from './certificate-source-store.ts';
import { newRegistrar } from './registrar.ts';
import type { ScepAuthority, ScepClient, ScepPlace } from './scep-client.ts';

export type SourceDeps = AuditDeps & {
  readonly db: Db;
  readonly vault: Vault;
  readonly scep: ScepClient;
};

const registrarLifeMs = 10 * 365 * 86_400_000;

/**
 * @param visible null; a caller who is limited to one application decides nothing here.
 * @throws Problem forbidden, certificate_source_unsuitable, changed_meanwhile, invalid_request (secret)
 */
export async function changeCertificateSource(
  deps: SourceDeps,
  actor: Actor,
  visible: string | null,
  input: NewCertificateSource,
  signal: AbortSignal,
): Promise<CertificateSource> {
  if (visible !== null) throw new Problem('forbidden');
  const before = await findSource(deps.db.read);
  const row = input.from === 'own' ? ownRow(deps, before) : await scepRow(deps, before, { input, signal });
  return deps.db.write(async (tx) => {
    const { authority, ...written } = row;
    const authorityId = authority ? await keepAuthority(tx, deps, authority) : null;
    const kept = { ...written, authority_id: authorityId };
    if (!(await putSource(tx, kept, before?.revision ?? 0))) throw new Problem('changed_meanwhile');
    await recordAudit(tx, deps, {
      event: 'certificate_authority.source_changed',
      actor,
      data: toldOf(kept, input),
    });
    return showSource(kept);
  });
}

const toldOf = ({ authority_id: authorityId }: SourceRow, input: NewCertificateSource) =>
  input.from === 'own'
    ? { from: 'own' }
    : {
        from: 'scep',
        url: input.url,
        fingerprint: input.fingerprint,
        challenge: input.challenge,
        accept_sha1_answers: input.accept_sha1_answers,
        authority_id: authorityId,
        revocation: 'not told by this server',
      };

type Kept = Omit<SourceRow, 'authority_id'> & { readonly authority: ScepAuthority | null };

const empty = {
  settings: '{}',
  secret: null,
  registrars: '[]',
  registrar_certificate: '',
  registrar_key: '',
};

const ownRow = ({ clock }: SourceDeps, before: SourceRow | undefined): Kept => ({
  ...(before ?? empty),
  ...{ singleton: 1, authority: null, revision: (before?.revision ?? 0) + 1, changed_at: clock.now() },
});

async function scepRow(
  deps: SourceDeps,
  before: SourceRow | undefined,
  { input, signal }: { readonly input: ScepSource; readonly signal: AbortSignal },
): Promise<Kept> {
  const place = placeFrom(deps, before, input);
  const { from: _, secret: __, ...fields } = input;
  const authority = await readAuthority(deps, place, signal);
  const registrar =
    before && before.registrar_key !== '' && holdsLongEnough(before, deps.clock.now())
      ? before
      : await sealedRegistrar(deps);
  return {
    singleton: 1,
    revision: (before?.revision ?? 0) + 1,
    settings: JSON.stringify(fields),
    secret:
      place.secret && deps.vault.seal(sourceSecretPurpose, sourceOwner, Buffer.from(place.secret.reveal())),
    registrars: JSON.stringify(authority.registrars),
    registrar_certificate: registrar.registrar_certificate,
    registrar_key: registrar.registrar_key,
    changed_at: deps.clock.now(),
    authority,
  };
}

/** Kept when it was made in the last nine years. */
const holdsLongEnough = ({ changed_at: at }: SourceRow, now: number): boolean =>
  now - at < (registrarLifeMs * 9) / 10;

/** With the secret of before where none is given. @throws Problem invalid_request: it would be sent elsewhere, or is missing */
function placeFrom(deps: SourceDeps, before: SourceRow | undefined, input: ScepSource): ScepPlace {
  const { from: _, secret, ...fields } = input;
  const needs =
    input.challenge === 'static' || (input.challenge === 'dynamic' && input.challenge_user !== '');
  if (input.challenge === 'dynamic' && input.challenge_url === '')
    throw new Problem('invalid_request', undefined, [
      { field: 'challenge_url', message: 'is needed where each device has a challenge password of its own' },
    ]);
  if (!needs) return { ...fields, secret: null };
  if (secret !== undefined) return { ...fields, secret: new Secret(secret) };
  const old = before && before.secret !== null ? fieldsOf(before) : undefined;
  const goesElsewhere = (
    ['url', 'fingerprint', 'challenge', 'challenge_url', 'challenge_user'] as const
  ).some((field) => old?.[field] !== input[field]);
  if (!before || !old || goesElsewhere)
    throw new Problem('invalid_request', undefined, [
      { field: 'secret', message: 'is needed, since none is here or this changes where it is sent' },
    ]);
  return { ...fields, secret: openSecret(before, deps.vault) };
}

/** @throws Problem certificate_source_unsuitable with the step that failed */
async function readAuthority(
  { scep }: SourceDeps,
  place: ScepPlace,
  signal: AbortSignal,
): Promise<ScepAuthority> {
  const steps = scep.probe(place, signal);
  let last: ScepFinding | undefined;
  for (;;) {
    const next = await steps.next();
    if (!next.done) {
      last = next.value;
      continue;
    }
    if (next.value) return next.value;
    throw new Problem('certificate_source_unsuitable', last?.sentence);
  }
}

/** The same authority again keeps its id: devices that have certificates of it need no new ones. */
async function keepAuthority(tx: Tx, deps: SourceDeps, authority: ScepAuthority): Promise<string> {
  const known = await findExternal(tx, authority.certificate);
  if (known !== undefined) return known;
  const id = uuid4(deps.random);
  await insertAuthority(tx, {
    id,
    kind: 'external',
    certificate: authority.certificate,
    issuers: JSON.stringify(authority.issuers),
    private_key: '',
    created_at: deps.clock.now(),
  });
  return id;
}

const findExternal = async (read: Read, pem: string): Promise<string | undefined> =>
  (await selectAuthorities(read)).find(({ kind, certificate }) => kind === 'external' && certificate === pem)
    ?.id;

async function sealedRegistrar(deps: SourceDeps) {
  const { certificate, privateKey } = await newRegistrar(deps, { bits: 3072, lifeMs: registrarLifeMs });
  const pkcs8 = privateKey.export({ format: 'der', type: 'pkcs8' });
  return {
    registrar_certificate: certificate,
    registrar_key: deps.vault.seal(registrarKeyPurpose, sourceOwner, pkcs8),
  };
}

/**
 * “Test”: the same questions, with nothing kept; tells each step as soon as it is done.
 * @throws Problem forbidden, certificate_source_unsuitable: there is nothing to ask, invalid_request (secret)
 */
export async function testCertificateSource(
  deps: SourceDeps,
  actor: Actor,
  visible: string | null,
  input: NewCertificateSource,
  signal: AbortSignal,
): Promise<AsyncIterable<ScepFinding>> {
  if (visible !== null) throw new Problem('forbidden');
  if (input.from === 'own')
    throw new Problem('certificate_source_unsuitable', 'the installation’s own authority needs no test');
  const place = placeFrom(deps, await findSource(deps.db.read), input);
  const { url, fingerprint } = input;
  await deps.db.write((tx) =>
    recordAudit(tx, deps, {
      event: 'certificate_authority.source_tested',
      actor,
      data: { url, fingerprint },
    }),
  );
  return deps.scep.probe(place, signal);
}
