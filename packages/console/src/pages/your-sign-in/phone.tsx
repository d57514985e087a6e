// The user whose phone approves the own signing in.
import type { Administrator } from '@countersign/contract/administrator-models.ts';
import type { User } from '@countersign/contract/models.ts';
import { useState } from 'preact/hooks';
import { Button } from '@countersign/ui/parts/button.tsx';
import { call } from '../../api/call.ts';
import { refresh, usePages } from '../../api/query.ts';
import { mayCall, signedIn } from '../../api/session.ts';
import { ConfirmDialog } from '../../parts/confirm-dialog.tsx';
import { DataTable } from '../../parts/data-table.tsx';
import { Failure } from '../../parts/failure.tsx';
import { FilterBar, FilterChoice, SearchBox } from '../../parts/filter-bar.tsx';
import { Modal } from '../../parts/modal.tsx';
import { Section } from '../../parts/page.tsx';
import { toast } from '../../parts/toasts.tsx';
import { useAction } from '../../parts/use-action.ts';
import { useWords } from '../../words/words.ts';

async function choosePhone(userId: string | null): Promise<void> {
  signedIn(await call('changeOwnPhone', { body: { user_id: userId } }));
  await refresh('listAdministrators', 'getAdministrator');
}

export function Phone({ administrator: { phone_user: user } }: { readonly administrator: Administrator }) {
  const { t } = useWords();
  const [open, setOpen] = useState<'choose' | 'remove'>();
  const close = (): void => setOpen(undefined);
  const choose = mayCall('listUsers') ? (
    <Button icon="phone" onClick={() => setOpen('choose')}>
      {t(user ? 'yours.phone_change' : 'yours.phone_choose')}
    </Button>
  ) : null;
  return (
    <Section
      title={t('yours.phone')}
      lead={t('yours.phone_lead')}
      actions={
        <>
          {user ? (
            <Button look="quiet" onClick={() => setOpen('remove')}>
              {t('yours.phone_remove')}
            </Button>
          ) : null}
          {choose}
        </>
      }
    >
      {user ? (
        <p class="strong">
          {t('yours.phone_set', { name: user.username, application: user.application_name })}
        </p>
      ) : null}
      {open === 'choose' ? <ChooseUser onClose={close} /> : null}
      {open === 'remove' && user ? (
        <ConfirmDialog
          title={t('yours.phone_remove_title')}
          help={t('yours.phone_remove_help', { name: user.username })}
          action={t('yours.phone_remove')}
          onClose={close}
          onConfirm={async () => {
            await choosePhone(null);
            toast(t('yours.phone_removed'));
          }}
        />
      ) : null}
    </Section>
  );
}

const shownUsers = 8;

function ChooseUser({ onClose }: { readonly onClose: () => void }) {
  const { t } = useWords();
  const [application, setApplication] = useState('');
  const [search, setSearch] = useState('');
  const applications = usePages('listApplications', { query: { limit: 200 } });
  const first = applications.data?.[0]?.id ?? '';
  const chosen = application === '' ? first : application;
  const users = usePages(
    'listUsers',
    { query: { application_id: chosen, search, limit: shownUsers } },
    { enabled: chosen !== '' },
  );
  const pick = useAction(async ({ id }: User) => {
    await choosePhone(id);
    toast(t('yours.phone_changed'));
    onClose();
  });
  return (
    <Modal title={t('yours.phone_choose')} onClose={onClose} wide>
      <FilterBar>
        <FilterChoice
          label={t('yours.phone_application')}
          value={chosen}
          options={(applications.data ?? []).map(({ id, name }) => ({ value: id, text: name }))}
          onChange={setApplication}
        />
        <SearchBox label={t('yours.phone_search')} value={search} onSearch={setSearch} />
      </FilterBar>
      <Failure error={pick.error} />
      <DataTable
        caption={t('yours.phone_choose')}
        list={{ ...users, hasMore: false }}
        columns={[
          {
            id: 'username',
            head: t('sign_in.username'),
            cell: ({ username }: User) => <bdi>{username}</bdi>,
          },
          {
            id: 'full_name',
            head: t('administrator.about'),
            cell: ({ full_name: name }) => <bdi>{name}</bdi>,
          },
        ]}
        keyOf={({ id }) => id}
        rowActions={(user) =>
          user.device_count === 0 ? (
            <span class="quiet">{t('yours.phone_no_device')}</span>
          ) : (
            // While another application is fetched these are still users of the one before.
            <Button disabled={pick.isBusy || users.isStale} onClick={() => void pick.run(user)}>
              {t('yours.phone_pick')}
            </Button>
          )
        }
        empty={<p class="quiet">{t('table.nothing_found')}</p>}
      />
    </Modal>
  );
}
