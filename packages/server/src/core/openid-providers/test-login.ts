// A test login: an administrator logs in at the provider, and sees which claims came and what a login would make of them. Nothing is kept.
import type {
  OpenidAnswer,
  OpenidFinding,
  OpenidTestLogin,
  OpenidTestResult,
} from '@countersign/contract/openid-models.ts';
import { type OpenidRefusal, openidRefusals } from '@countersign/contract/openid-words.ts';
import { toDisplayable } from '@countersign/contract/text.ts';
import { type Actor, recordAudit } from '#core/audit/record-audit.ts';
import type { KeptForeignUser } from '#core/users/keep-foreign-user.ts';
import { Problem } from '#platform/problem.ts';
import { keepOpenidUser } from './keep-openid-user.ts';
import type { Claims } from './openid-client.ts';
import {
  type AnsweredLogin,
  beginOpenidLogin,
  type LoginOwner,
  type OpenidLoginDeps,
  takeOpenidAnswer,
} from './openid-login.ts';
import type { OpenidProviderRow } from './openid-provider.ts';
import { requireProvider } from './openid-provider-store.ts';
import { sentenceOf } from './refusal-sentence.ts';
import type { OpenidPerson } from './read-person.ts';

/** A test of one provider by one caller. */
const ownerOf = (caller: Actor, provider: string): LoginOwner => ({
  purpose: 'test',
  id: `${'id' in caller ? caller.id : ''} ${provider}`,
});

/** @param visible id of the only application that the caller may see; null for all. @throws Problem not_found, openid_unavailable */
export async function beginTestLogin(
  deps: OpenidLoginDeps,
  actor: Actor,
  visible: string | null,
  id: string,
  signal: AbortSignal,
): Promise<OpenidTestLogin> {
  const provider = await requireProvider(deps.db.read, visible, id);
  const begun = await beginOpenidLogin(deps, provider, ownerOf(actor, id), { leadsTo: 'test', signal });
  if (begun.kind === 'unavailable') throw new Problem('openid_unavailable', begun.detail);
  return { authorization_url: begun.url, expires_at: begun.expiresAt };
}

/** @param visible id of the only application that the caller may see; null for all. @throws Problem not_found */
export async function finishTestLogin(
  deps: OpenidLoginDeps,
  actor: Actor,
  visible: string | null,
  id: string,
  { answer, signal }: { readonly answer: OpenidAnswer; readonly signal: AbortSignal },
): Promise<OpenidTestResult> {
  const row = await requireProvider(deps.db.read, visible, id);
  const began = deps.clock.monotonic();
  const answered = await takeOpenidAnswer(deps, ownerOf(actor, id), answer, signal);
  const ms = deps.clock.monotonic() - began;
  const result = await toResult(deps, actor, answered, ms);
  const about = { actor, applicationId: row.application_id, subjectId: id };
  const data = { name: row.name, login: true, result: result.refusal ?? result.outcome };
  await deps.db.write((tx) => recordAudit(tx, deps, { event: 'openid_provider.tested', ...about, data }));
  return result;
}

async function toResult(
  deps: OpenidLoginDeps,
  actor: Actor,
  answered: AnsweredLogin,
  ms: number,
): Promise<OpenidTestResult> {
  const claims = claimsOf(answered);
  const found = (step: OpenidFinding['step'], passed: boolean, sentence: string): OpenidFinding => ({
    step,
    passed,
    sentence,
    ms: step === 'answer' ? ms : 0,
  });
  if (answered.kind === 'unavailable')
    return {
      outcome: 'unavailable',
      refusal: null,
      claims,
      user: null,
      findings: [found('answer', false, answered.detail)],
    };
  const isRead = answered.kind === 'person' || answered.idToken !== undefined;
  const verified = found('answer', true, 'The answer, the code and the ID token are good.');
  if (answered.kind === 'refused') {
    const failed = found(isRead ? 'claims' : 'answer', false, sentenceOf(answered.refusal, answered.detail));
    const findings = isRead ? [verified, failed] : [failed];
    return { outcome: 'refused', refusal: answered.refusal, claims, user: null, findings };
  }
  const kept = await tryKeeping(deps, actor, answered.provider, answered.person);
  const refusal = refusalOf(kept);
  return {
    outcome: refusal ? 'refused' : kept.kind === 'created' ? 'would_create' : 'would_refresh',
    refusal: refusal ?? null,
    claims,
    user: shownPerson(answered.person),
    findings: [
      verified,
      found('claims', true, 'The claims say who it is.'),
      found('user', !refusal, refusal ? openidRefusals[refusal] : sentenceOfUser(kept)),
    ],
  };
}

const sentenceOfUser = ({ kind }: KeptForeignUser): string =>
  kind === 'created' ? 'A user would be created.' : 'The user is there, and would be brought up to date.';

function refusalOf({ kind }: KeptForeignUser): OpenidRefusal | undefined {
  if (kind === 'name_of_another') return 'name_of_another';
  return kind === 'disabled' ? 'user_disabled' : undefined;
}

class Undone extends Error {}

/** What would come of it, by doing it and undoing it. */
async function tryKeeping(
  deps: OpenidLoginDeps,
  actor: Actor,
  provider: OpenidProviderRow,
  person: OpenidPerson,
): Promise<KeptForeignUser> {
  let kept: KeptForeignUser | undefined;
  await deps.db
    .write(async (tx) => {
      kept = await keepOpenidUser(tx, deps, actor, provider, person);
      throw new Undone();
    })
    .catch((error: unknown) => {
      if (!(error instanceof Undone)) throw error;
    });
  return kept ?? { kind: 'name_of_another' };
}

const shownPerson = ({ username, full_name, email, phone, teams, guid }: OpenidPerson) => ({
  username: toDisplayable(username, 255),
  full_name: toDisplayable(full_name, 200),
  email: toDisplayable(email, 254),
  phone: toDisplayable(phone, 40),
  teams: [...teams],
  external_guid: guid,
});

const maxClaims = 100;

function claimsOf(answered: AnsweredLogin): OpenidTestResult['claims'] {
  const { idToken, userInfo } = answered;
  const listed = (claims: Claims | null | undefined, from: 'id_token' | 'userinfo') =>
    Object.entries(claims ?? {}).map(([name, value]) => ({
      name: toDisplayable(name, 200),
      value: toDisplayable(typeof value === 'string' ? value : (JSON.stringify(value) ?? ''), 1000),
      from,
    }));
  return [...listed(idToken, 'id_token'), ...listed(userInfo, 'userinfo')].slice(0, maxClaims);
}
