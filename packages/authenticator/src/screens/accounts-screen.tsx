// The first screen: the accounts of this device and how each stands with the server; an explanation where there is none yet.
import { Icon } from '@countersign/ui/parts/icon.tsx';
import { Empty } from '@countersign/ui/parts/facts.tsx';
import { ApplicationPicture } from '../parts/application-picture.tsx';
import { Screen } from '../parts/screen.tsx';
import { serverClock } from '../platform/clock.ts';
import { pushState } from '../push/push.ts';
import type { AppState, Link } from '../state/app-state.ts';
import { hrefOf } from '../state/route.ts';
import { useStore } from '@countersign/ui/store.ts';
import { useWords, type Word } from '../words/words.ts';
import { AddFirst } from './add-first.tsx';
import { Newcomers } from './newcomers.tsx';
import { isMissing, VerificationCard } from './verification-card.tsx';

export const linkWord = ({ links, held, approvals }: AppState, id: string): Word => {
  const link: Link | undefined = links[id];

  if (link?.state === 'trouble') return link.code === 'proof_invalid' ? 'link.refused' : 'link.offline';
  if (held.includes(id)) return 'link.held';
  if ((approvals[id] ?? 0) > serverClock.now()) return 'link.cooling';
  return link?.state === 'connected' ? 'link.connected' : 'link.connecting';
};

export const AddLink = () => {
  const { t } = useWords();
  return (
    <a class="button button-plain button-small" href={hrefOf('add')}>
      <Icon name="plus" />
      <span>{t('accounts.add')}</span>
    </a>
  );
};

/** What was begun and not brought to its end. */
function Unfinished({ enrolments }: Pick<AppState, 'enrolments'>) {
  const { t } = useWords();
  return (
    <>
      {enrolments.map(({ accessId, applicationName: name }) => (
        <a key={accessId} class="row card" href={hrefOf('enrol', accessId)}>
          <span class="sign">
            <Icon name="clock" />
          </span>
          <span class="row-words">
            <span class="strong">{t('enrol.unfinished')}</span>
            <bdi class="quiet small">{name}</bdi>
          </span>
          <Icon name="forward" />
        </a>
      ))}
    </>
  );
}

export function AccountsScreen({ state }: { readonly state: AppState }) {
  const { t } = useWords();
  const push = useStore(pushState);
  if (state.accounts.length === 0)
    return (
      <Screen title={t('accounts.title')}>
        <Unfinished enrolments={state.enrolments} />
        <Empty icon="accounts" title={t('accounts.empty')}>
          <p>{t('accounts.empty_help')}</p>
          <AddFirst />
          <p class="quiet small">{t('accounts.empty_lost')}</p>
        </Empty>
      </Screen>
    );
  // Whom no server accepts is sent no requests.
  const isAccepted = state.accounts.some(({ id }) => linkWord(state, id) !== 'link.refused');
  return (
    <Screen title={t('accounts.title')} aside={<AddLink />}>
      <Unfinished enrolments={state.enrolments} />
      <Newcomers state={state} />
      {state.accounts
        .filter(({ id }) => isMissing(state.verifications[id]))
        .map((account) => (
          <VerificationCard key={account.id} account={account} />
        ))}
      <ul class="list">
        {state.accounts.map(({ id, application, user }) => {
          const word = linkWord(state, id);
          return (
            <li key={id}>
              <a class="row" href={hrefOf('account', id)}>
                <ApplicationPicture application={application} />
                <span class="row-words">
                  <span class="strong">
                    <bdi>{application.name}</bdi>
                  </span>
                  <span class="quiet">
                    <bdi>{user.username}</bdi>
                  </span>
                </span>
                <span class={`state state-${word.slice('link.'.length)}`}>{t(word)}</span>
              </a>
            </li>
          );
        })}
      </ul>
      {isAccepted ? (
        <section class="waiting">
          <span class="waiting-sign" aria-hidden="true" />
          <div>
            <h2>{t('accounts.waiting')}</h2>
            <p class="quiet">{t(push === 'on' ? 'accounts.waiting_woken' : 'accounts.waiting_help')}</p>
          </div>
        </section>
      ) : null}
    </Screen>
  );
}
