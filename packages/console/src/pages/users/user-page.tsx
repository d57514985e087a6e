// One user: how they stand, their devices and links, their last logins, and what an administrator can do about all of it.
import type { User } from '@countersign/contract/models.ts';
import { useEffect, useMemo, useState } from 'preact/hooks';
import { deviceNow } from '@countersign/ui/clock.ts';
import { Button } from '@countersign/ui/parts/button.tsx';
import { Notice } from '@countersign/ui/parts/problem.tsx';
import { call } from '../../api/call.ts';
import { refresh, useQuery } from '../../api/query.ts';
import { mayCall } from '../../api/session.ts';
import { ConfirmDialog } from '../../parts/confirm-dialog.tsx';
import { focusBack } from '../../parts/first-focus.ts';
import { Failure } from '../../parts/failure.tsx';
import { Form } from '../../parts/form.tsx';
import { Load } from '../../parts/load.tsx';
import { Page, Section } from '../../parts/page.tsx';
import { RelativeTime } from '../../parts/time.tsx';
import { toast } from '../../parts/toasts.tsx';
import { useAction } from '../../parts/use-action.ts';
import { hrefOf } from '../../router/paths.ts';
import { openInstead } from '../../router/router.ts';
import { useWords } from '../../words/words.ts';
import { personFields, plainNumber } from './user-fields.ts';
import { UserDevices } from './user-devices.tsx';
import { UserLinks } from './user-links.tsx';
import { UserLogins } from './user-logins.tsx';
import { SetPassword, UserPassword } from './user-password.tsx';
import { UserState } from './user-state.tsx';

export function UserPage({ id, user: userId }: { readonly id: string; readonly user: string }) {
  const { t } = useWords();
  // Followed: whoever is being helped on the telephone tries again while the page is open.
  const user = useQuery('getUser', { params: { id: userId } }, { everyMs: 10_000 });
  const application = useQuery('getApplication', { params: { id } });
  return (
    <Page
      title={user.data?.username ?? t('user.title')}
      lead={user.data?.full_name ? <bdi>{user.data.full_name}</bdi> : null}
      aside={user.data ? <UserState user={user.data} /> : null}
      crumbs={[
        { text: t('applications.title'), href: hrefOf('applications') },
        { text: application.data?.name ?? '', href: hrefOf('application', { id }) },
        { text: t('users.title'), href: hrefOf('users', { id }) },
      ]}
    >
      <Load from={user}>{(data) => <Shown user={data} />}</Load>
    </Page>
  );
}

/** A link that knows no more than the user's id, such as one of a notice. */
export function UserByIdPage({ user: userId }: { readonly user: string }) {
  const { t } = useWords();
  const user = useQuery('getUser', { params: { id: userId } });
  useEffect(() => {
    if (user.data) openInstead(hrefOf('user', { id: user.data.application_id, user: userId }));
  }, [user.data]);
  return (
    <Page title={t('user.title')}>
      <Load from={user}>{() => null}</Load>
    </Page>
  );
}

const Shown = ({ user }: { readonly user: User }) => (
  <>
    <Standing user={user} />
    <UserLogins user={user} />
    <UserDevices user={user} />
    <UserLinks user={user} />
    <Person user={user} />
    <UserPassword user={user} />
    {mayCall('deleteUser') ? <Deletion user={user} /> : null}
  </>
);

/** What keeps requests from the phone, why, and the way out of it. */
function Standing({ user }: { readonly user: User }) {
  const { t } = useWords();
  const clear = useAction(async () => {
    await call('clearUserHold', { params: { id: user.id } });
    await refresh('getUser', 'listUsers', 'listActivity');
    toast(t('user.hold_cleared', { name: user.username }));
    // The button is gone with what it released.
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
    focusBack();
  });
  const leftAlone = user.left_alone_until !== null && user.left_alone_until > deviceNow();
  if (!user.requests_held && !leftAlone) return null;
  const kind = user.requests_held ? 'held' : 'left_alone';
  return (
    <Notice title={t(`user.${kind}`)}>
      <p>{t(`user.${kind}_help`)}</p>
      {leftAlone && !user.requests_held ? (
        <p>
          {t('user.left_alone_until')} <RelativeTime at={user.left_alone_until} />
        </p>
      ) : null}
      <Failure error={clear.error} />
      <div class="notice-actions">
        {/* Where a home server checks it, that is where it is changed. */}
        {user.has_password && mayCall('changeUser') ? <SetPassword user={user} /> : null}
        {mayCall('clearUserHold') ? (
          <Button icon="check" disabled={clear.isBusy} onClick={() => void clear.run()}>
            {t(`user.${kind}_clear`)}
          </Button>
        ) : null}
      </div>
    </Notice>
  );
}

function Person({ user }: { readonly user: User }) {
  const speech = useWords();
  const { t } = speech;
  const declared = useMemo(() => personFields(speech), [speech]);
  return (
    <Section title={t('user.person')}>
      <Form
        fields={declared}
        values={user}
        submit={t('do.save')}
        faultAt={{ name_taken: 'username' }}
        isEditing
        isReadOnly={!mayCall('changeUser')}
        onSubmit={async (_all, { phone, teams, ...changes }) => {
          await call('changeUser', {
            params: { id: user.id },
            body: {
              ...changes,
              ...(phone === undefined ? {} : { phone: plainNumber(phone) }),
              ...(teams === undefined ? {} : { teams: [...teams] }),
            },
          });
          await refresh('getUser', 'listUsers');
          toast(t('form.saved'));
        }}
      />
    </Section>
  );
}

function Deletion({ user: { id, username, application_id: application } }: { readonly user: User }) {
  const { t } = useWords();
  const [isAsking, setAsking] = useState(false);
  return (
    <Section title={t('user.delete')} lead={t('user.delete_help')}>
      <p>
        <Button icon="trash" onClick={() => setAsking(true)}>
          {t('user.delete')}
        </Button>
      </p>
      {isAsking ? (
        <ConfirmDialog
          title={t('user.delete_ask', { name: username })}
          help={t('user.delete_help')}
          action={t('user.delete')}
          typedName={username}
          onClose={() => setAsking(false)}
          onConfirm={async () => {
            await call('deleteUser', { params: { id } });
            toast(t('user.deleted', { name: username }));
            openInstead(hrefOf('users', { id: application }));
            await refresh('listUsers');
          }}
        />
      ) : null}
    </Section>
  );
}
