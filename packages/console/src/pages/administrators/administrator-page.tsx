// One administrator, as an owner sees them: role and state, sessions, and what to do when somebody is locked out or leaves.
import type { Administrator } from '@countersign/contract/administrator-models.ts';
import { useMemo, useState } from 'preact/hooks';
import { Button } from '@countersign/ui/parts/button.tsx';
import { useStore } from '@countersign/ui/store.ts';
import { call } from '../../api/call.ts';
import { refresh, usePages, useQuery } from '../../api/query.ts';
import { mayCall, sessionState } from '../../api/session.ts';
import { ConfirmDialog } from '../../parts/confirm-dialog.tsx';
import { Failure } from '../../parts/failure.tsx';
import { FactList } from '../../parts/fact-list.tsx';
import { Form } from '../../parts/form.tsx';
import { fields } from '../../parts/form-fields.ts';
import { Load } from '../../parts/load.tsx';
import { Modal } from '../../parts/modal.tsx';
import { Page, Section } from '../../parts/page.tsx';
import { ExactTime, RelativeTime } from '../../parts/time.tsx';
import { toast } from '../../parts/toasts.tsx';
import { useAction } from '../../parts/use-action.ts';
import { hrefOf } from '../../router/paths.ts';
import { openInstead } from '../../router/router.ts';
import { type Speech, useWords } from '../../words/words.ts';
import { AdministratorState, factorsText, roleOptions } from './administrator-words.tsx';
import { InvitationLink } from './invitation-link.tsx';
import { SessionsTable } from './sessions-table.tsx';

export function AdministratorPage({ id }: { readonly id: string }) {
  const { t } = useWords();
  const administrator = useQuery('getAdministrator', { params: { id } });
  return (
    <Page
      title={administrator.data?.username ?? t('administrator.about')}
      crumbs={[{ text: t('administrators.title'), href: hrefOf('administrators') }]}
    >
      <Load from={administrator}>{(data) => <Details administrator={data} />}</Load>
    </Page>
  );
}

function Details({ administrator }: { readonly administrator: Administrator }) {
  const speech = useWords();
  const { t } = speech;
  const { session } = useStore(sessionState);
  const isOwn = session?.administrator.id === administrator.id;
  const { kind, directory_checked_at: checkedAt } = administrator;
  const isOfDirectory = kind === 'directory';
  return (
    <>
      <Section
        title={t('administrator.about')}
        {...(isOfDirectory ? { lead: t('administrator.of_directory') } : {})}
      >
        <FactList
          rows={[
            [t('administrator.state'), <AdministratorState administrator={administrator} />],
            [t('administrator.factors'), factorsText(speech, administrator)],
            [t('administrator.last_signed_in'), <RelativeTime at={administrator.last_signed_in_at} />],
            [t('administrator.created'), <ExactTime at={administrator.created_at} />],
            ...(isOfDirectory
              ? [
                  [t('administrator.role'), t(`role.${administrator.role}`)] as const,
                  [
                    t('administrator.directory_checked'),
                    <RelativeTime at={checkedAt === 0 ? null : checkedAt} />,
                  ] as const,
                ]
              : []),
            ...(administrator.invited_until === null
              ? []
              : [
                  [t('administrator.invited_until'), <ExactTime at={administrator.invited_until} />] as const,
                ]),
          ]}
        />
      </Section>
      <Change administrator={administrator} isOwn={isOwn} />
      <Sessions administrator={administrator} />
      {mayCall('deleteAdministrator') && !isOwn ? <Danger administrator={administrator} /> : null}
    </>
  );
}

const declare = (speech: Speech) =>
  fields({
    role: {
      kind: 'choice',
      look: 'cards',
      label: speech.t('administrator.role'),
      options: roleOptions(speech),
    },
    enabled: {
      kind: 'flag',
      label: speech.t('administrator.enabled'),
      hint: speech.t('administrator.enabled_help'),
    },
  });

function Change({
  administrator,
  isOwn,
}: {
  readonly administrator: Administrator;
  readonly isOwn: boolean;
}) {
  const speech = useWords();
  const { t } = speech;
  const declared = useMemo(() => declare(speech), [speech]);
  return (
    <Section
      title={t(administrator.kind === 'directory' ? 'administrator.state' : 'administrator.change')}
      {...(isOwn ? { lead: t('administrator.change_own') } : {})}
    >
      <Form
        fields={declared}
        hide={() => (administrator.kind === 'directory' ? ['role'] : [])}
        values={administrator}
        submit={t('do.save')}
        isEditing
        isReadOnly={isOwn || !mayCall('changeAdministrator')}
        onSubmit={async (_all, body) => {
          await call('changeAdministrator', { params: { id: administrator.id }, body });
          await refresh('getAdministrator', 'listAdministrators', 'listSessionsOfAdministrator');
          toast(t('form.saved'));
        }}
      />
    </Section>
  );
}

function Sessions({ administrator: { id, username } }: { readonly administrator: Administrator }) {
  const { t } = useWords();
  const list = usePages('listSessionsOfAdministrator', { params: { id } });
  const end = useAction(async () => {
    await call('endSessionsOfAdministrator', { params: { id } });
    await refresh('listSessionsOfAdministrator');
    toast(t('administrator.sessions_ended', { name: username }));
  });
  const hasSome = (list.data?.length ?? 0) > 0;
  const endAll =
    hasSome && mayCall('endSessionsOfAdministrator') ? (
      <Button disabled={end.isBusy} onClick={() => void end.run()}>
        {t('administrator.sessions_end')}
      </Button>
    ) : null;
  return (
    <Section
      title={t('administrator.sessions')}
      lead={t('administrator.sessions_lead', { name: username })}
      actions={endAll}
    >
      <Failure error={end.error} />
      <SessionsTable caption={t('administrator.sessions')} list={list} />
    </Section>
  );
}

function Danger({ administrator: { id, username: name, kind } }: { readonly administrator: Administrator }) {
  const { t } = useWords();
  const isOfDirectory = kind === 'directory';
  const [asking, setAsking] = useState<'reinvite' | 'delete'>();
  const [link, setLink] = useState<string>();
  const close = (): void => setAsking(undefined);
  return (
    <Section title={t('administrator.danger')}>
      <div class="page-actions">
        {isOfDirectory ? null : (
          <Button icon="link" onClick={() => setAsking('reinvite')}>
            {t('administrator.reinvite')}
          </Button>
        )}
        <Button icon="trash" onClick={() => setAsking('delete')}>
          {t('administrator.delete')}
        </Button>
      </div>
      {asking === 'reinvite' ? (
        <ConfirmDialog
          title={t('administrator.reinvite_title', { name })}
          help={t('administrator.reinvite_help')}
          action={t('administrator.reinvite')}
          onClose={close}
          onConfirm={async () => {
            const made = await call('inviteAdministrator', { params: { id } });
            setLink(made.invitation_link);
            await refresh('getAdministrator', 'listAdministrators', 'listSessionsOfAdministrator');
          }}
        />
      ) : null}
      {link === undefined ? null : (
        <Modal title={t('administrators.invited', { name })} onClose={() => setLink(undefined)}>
          <InvitationLink name={name} link={link} onDone={() => setLink(undefined)} />
        </Modal>
      )}
      {asking === 'delete' ? (
        <ConfirmDialog
          title={t('administrator.delete_title', { name })}
          help={t(isOfDirectory ? 'administrator.delete_directory_help' : 'administrator.delete_help', {
            name,
          })}
          action={t('administrator.delete')}
          onClose={close}
          onConfirm={async () => {
            await call('deleteAdministrator', { params: { id } });
            toast(t('administrator.deleted', { name }));
            openInstead(hrefOf('administrators'));
            await refresh('listAdministrators');
          }}
        />
      ) : null}
    </Section>
  );
}
