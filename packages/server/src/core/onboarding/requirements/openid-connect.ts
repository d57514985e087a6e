// A login at an OpenID provider of the application. The device is told where to send the person, in this very browser, and hands over what
// came back, signed with the key that began: an answer that reached any other browser finishes nothing.
import type { OpenidRefusal } from '@countersign/contract/openid-words.ts';
import { recordAudit } from '#core/audit/record-audit.ts';
import { keepOpenidUser } from '#core/openid-providers/keep-openid-user.ts';
import {
  type AnsweredLogin,
  beginOpenidLogin,
  findOpenLogin,
  type LoginOwner,
  takeOpenidAnswer,
} from '#core/openid-providers/openid-login.ts';
import type { OpenidProviderRow } from '#core/openid-providers/openid-provider.ts';
import { enabledProviders, findProvider } from '#core/openid-providers/openid-provider-store.ts';
import { sentenceOf } from '#core/openid-providers/refusal-sentence.ts';
import type { OpenidPerson } from '#core/openid-providers/read-person.ts';
import type { Tx } from '#db/db.ts';
import { maxTries, type ProcessRow } from '../process.ts';
import type { ProcessStep } from '../process-steps.ts';
import type { Along, Given, RequirementDeps, RequirementModule, StepResult } from './requirement-kind.ts';

type Login = Given<'openid_connect'>;

const ownerOf = ({ id }: ProcessRow): LoginOwner => ({ purpose: 'onboarding', id });
const refused = (...steps: readonly ProcessStep[]): StepResult => ({ kind: 'not_accepted', steps });

async function begin(deps: RequirementDeps, given: Login): Promise<StepResult> {
  const { application, process, input, signal } = given;
  const providers = await enabledProviders(deps.db.read, application.id);
  const provider =
    input.provider_id === undefined ? providers[0] : providers.find(({ id }) => id === input.provider_id);
  if (!provider) return refused({ code: 'openid_none' });
  // There would be no try left to give the answer.
  if (process.tries >= maxTries) return refused();
  const leadsTo = `app.${application.access_id}`;
  const begun = await beginOpenidLogin(deps, provider, ownerOf(process), { leadsTo, signal });
  if (begun.kind === 'unavailable') return refused(unavailable(provider, begun.detail));
  const steps: ProcessStep[] = [{ code: 'openid_sent', details: { provider: provider.name } }];
  return { kind: 'stays', waitsFor: 'person', state: { provider_id: provider.id }, steps };
}

async function finish(deps: RequirementDeps, given: Login, answer: NonNullable<Login['input']['answer']>) {
  const answered = await takeOpenidAnswer(deps, ownerOf(given.process), answer, given.signal);
  if (answered.kind === 'unavailable') return refused(unavailable(answered.provider, answered.detail));
  if (answered.kind === 'refused') return refuse(deps, given, answered);
  const { provider, person } = answered;
  const { username, subject } = person;
  const said: ProcessStep = {
    code: 'openid_answered',
    details: { provider: provider.name, username, subject },
  };
  const met: StepResult = {
    kind: 'met',
    steps: [said],
    along: (tx) => keep(tx, deps, provider, person),
  };
  return met;
}

const unavailable = (provider: OpenidProviderRow | undefined, cause: string): ProcessStep => ({
  code: 'openid_unavailable',
  details: { provider: provider?.name ?? '', cause },
});

/** What a person does wrong, and what only somebody who tries something does, or a provider that is broken. */
const everyday: readonly OpenidRefusal[] = [
  'provider_error',
  'answer_used',
  'answer_expired',
  'answer_unknown',
];

async function refuse(
  deps: RequirementDeps,
  { application, process }: Login,
  { refusal, detail, provider }: Extract<AnsweredLogin, { kind: 'refused' }>,
): Promise<StepResult> {
  const details = { provider: provider?.name ?? '', cause: sentenceOf(refusal, detail) };
  // One for a process: who knocks again and again must not fill the audit trail.
  if (!everyday.includes(refusal) && !process.steps.includes('"openid_refused"'))
    await deps.db.write((tx) =>
      recordAudit(tx, deps, {
        event: 'openid_login.refused',
        actor: { kind: 'onboarding_process', id: process.id },
        applicationId: application.id,
        subjectId: provider?.id ?? null,
        data: { reason: refusal, name: provider?.name ?? '' },
      }),
    );
  return refused({ code: 'openid_refused', details });
}

/** The user as the provider knows it now is written together with the process's move: neither without the other. */
async function keep(
  tx: Tx,
  deps: RequirementDeps,
  provider: OpenidProviderRow,
  person: OpenidPerson,
): Promise<Along> {
  // While the provider was asked, somebody may have switched it off, or changed who counts.
  if ((await findProvider(tx, provider.id))?.revision !== provider.revision) {
    const cause = sentenceOf('provider_changed', '');
    const step: ProcessStep = { code: 'openid_refused', details: { provider: provider.name, cause } };
    return { accepted: false, steps: [step] };
  }
  const kept = await keepOpenidUser(tx, deps, { kind: 'system' }, provider, person);
  const details = { username: person.username, provider: provider.name };
  switch (kept.kind) {
    case 'name_of_another':
      return { accepted: false, steps: [{ code: 'openid_user_of_another', details }] };
    case 'disabled':
      return { accepted: false, steps: [{ code: 'user_disabled', details }] };
    case 'created':
      return { accepted: true, userId: kept.userId, steps: [{ code: 'openid_user_created', details }] };
    case 'refreshed':
      return { accepted: true, userId: kept.userId, steps: [{ code: 'openid_user_refreshed', details }] };
  }
}

export const openidConnect: RequirementModule<'openid_connect'> = {
  kind: 'openid_connect',
  meet: (deps, given) =>
    given.input.answer === undefined ? begin(deps, given) : finish(deps, given, given.input.answer),
  async shows(deps, process) {
    const providers = await enabledProviders(deps.db.read, process.application_id);
    const login = await findOpenLogin(deps, ownerOf(process));
    return {
      providers: providers.map(({ id, name }) => ({ id, name })),
      authorization_url: login?.url ?? null,
      answer_until: login?.expiresAt ?? null,
    };
  },
};
