// The last logins of a user, each in a sentence; why the newest failed and what to do about it comes first.
import type { Activity, User } from '@countersign/contract/models.ts';
import { deviceNow } from '@countersign/ui/clock.ts';
import { Button } from '@countersign/ui/parts/button.tsx';
import { Empty } from '@countersign/ui/parts/facts.tsx';
import { Notice } from '@countersign/ui/parts/problem.tsx';
import { refresh, useQuery } from '../../api/query.ts';
import { mayCall } from '../../api/session.ts';
import { StatusDot } from '../../parts/badge.tsx';
import { Load } from '../../parts/load.tsx';
import { outcomeTones } from '../../parts/outcome.tsx';
import { Section } from '../../parts/page.tsx';
import { RelativeTime } from '../../parts/time.tsx';
import { hrefOf } from '../../router/paths.ts';
import { type Speech, useWords } from '../../words/words.ts';
import { reasonWords } from '../../parts/reason-words.ts';

export function UserLogins({ user }: { readonly user: User }) {
  const { t } = useWords();
  const isAllowed = mayCall('listActivity');
  const logins = useQuery(
    'listActivity',
    { query: { user_id: user.id, limit: 10 } },
    { enabled: isAllowed, everyMs: 10_000 },
  );
  if (!isAllowed) return null;
  return (
    <Section
      title={t('logins.title')}
      actions={
        <Button look="quiet" icon="refresh" onClick={() => void refresh('listActivity', 'getUser')}>
          {t('logins.reload')}
        </Button>
      }
    >
      <Load from={logins}>{({ items }) => <Logins items={items} user={user} />}</Load>
    </Section>
  );
}

function Logins({ items, user }: { readonly items: readonly Activity[]; readonly user: User }) {
  const speech = useWords();
  const { t } = speech;
  const [newest] = items;
  if (!newest)
    return (
      <Empty title={t('logins.empty')} icon="history">
        <p>{t('logins.empty_help')}</p>
      </Empty>
    );
  return (
    <>
      {newest.reason === null || isToldAbove(newest, user, deviceNow()) ? null : (
        <WhyItFailed login={newest} user={user} />
      )}
      <ul class="logins">
        {items.map((login) => (
          <li key={login.id}>
            <StatusDot tone={outcomeTones[login.status]}>
              <span>
                <a href={hrefOf('activity', { id: login.id })}>
                  <bdi>{sentenceOf(speech, login)}</bdi>
                </a>
              </span>
            </StatusDot>
            <span class="quiet">
              <RelativeTime at={login.created_at} />
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}

function WhyItFailed({ login, user }: { readonly login: Activity; readonly user: User }) {
  const speech = useWords();
  const { sentence, remedy } = reasonWords(speech, login);
  return (
    <Notice title={speech.t('logins.why')}>
      <p>{sentence}</p>
      <p>
        <strong>{speech.t('logins.what_to_do')}</strong>{' '}
        {isReleased(login, user, deviceNow()) ? speech.t('logins.released') : remedy}
      </p>
    </Notice>
  );
}

/** The page begins with it already, and with what to do. */
export function isToldAbove(
  { reason }: Pick<Activity, 'reason'>,
  { requests_held: held, left_alone_until: until }: Pick<User, 'requests_held' | 'left_alone_until'>,
  now: number,
): boolean {
  if (held) return reason === 'requests_held' || reason === 'reported_by_user';
  return reason === 'left_alone' && until !== null && until > now;
}

/** Whether what kept requests from the phone, as the login says, is over: to be told to end it would be wrong then. */
export function isReleased(
  { reason }: Pick<Activity, 'reason'>,
  { requests_held: held, left_alone_until: until }: Pick<User, 'requests_held' | 'left_alone_until'>,
  now: number,
): boolean {
  if (reason === 'requests_held' || reason === 'reported_by_user') return !held;
  return reason === 'left_alone' && !held && (until === null || until <= now);
}

/** “Denied at vpn-berlin from 203.0.113.9: the user denied the request.” */
export function sentenceOf(speech: Pick<Speech, 't' | 'known'>, login: Activity): string {
  const { t } = speech;
  const { status, client_address: address } = login;
  const door = login.kind === 'console_sign_in' ? t('kind.console_door') : login.client_name;
  const where = t(address === null ? 'logins.at' : 'logins.at_from', { door, address: address ?? '' });
  const head = t(`logins.${status}`, { where });
  return login.reason === null ? `${head}.` : `${head}: ${reasonWords(speech, login).sentence}`;
}
