// The list of applications, and making one.
import type { Application } from '@countersign/contract/models.ts';
import { useMemo, useState } from 'preact/hooks';
import { Avatar } from '@countersign/ui/parts/avatar.tsx';
import { Button } from '@countersign/ui/parts/button.tsx';
import { Empty } from '@countersign/ui/parts/facts.tsx';
import { call } from '../../api/call.ts';
import { refresh, usePages } from '../../api/query.ts';
import { mayCall } from '../../api/session.ts';
import { StatusDot } from '../../parts/badge.tsx';
import { type Column, DataTable } from '../../parts/data-table.tsx';
import { Form } from '../../parts/form.tsx';
import { fields } from '../../parts/form-fields.ts';
import { Modal } from '../../parts/modal.tsx';
import { Page } from '../../parts/page.tsx';
import { RelativeTime } from '../../parts/time.tsx';
import { toast } from '../../parts/toasts.tsx';
import { hrefOf } from '../../router/paths.ts';
import { open } from '../../router/router.ts';
import { type Speech, useWords } from '../../words/words.ts';

const columnsOf = ({ t }: Speech): readonly Column<Application>[] => [
  {
    id: 'name',
    head: t('application.name'),
    isName: true,
    cell: ({ id, name, access_id: accessId }) => (
      <span class="row-line">
        <Avatar name={name} of={accessId} />
        <a href={hrefOf('application', { id })}>
          <bdi>{name}</bdi>
        </a>
      </span>
    ),
  },
  {
    id: 'second_factor',
    head: t('application.second_factor'),
    cell: ({ second_factor: factor }) =>
      factor === 'push' ? (
        t('application.second_factor.push')
      ) : (
        <StatusDot tone="warn">{t('application.second_factor.none')}</StatusDot>
      ),
  },
  {
    id: 'enabled',
    head: t('application.enabled'),
    cell: ({ enabled }) => (
      <StatusDot tone={enabled ? 'good' : 'quiet'}>
        {t(enabled ? 'application.state.enabled' : 'application.state.disabled')}
      </StatusDot>
    ),
  },
  {
    id: 'created_at',
    head: t('application.created_at'),
    minor: true,
    cell: ({ created_at: at }) => <RelativeTime at={at} />,
  },
];

export function ApplicationsPage() {
  const speech = useWords();
  const { t } = speech;
  const [isMaking, setMaking] = useState(false);
  const list = usePages('listApplications');
  const columns = useMemo(() => columnsOf(speech), [speech]);
  const create = mayCall('createApplication') ? (
    <Button look="main" icon="plus" onClick={() => setMaking(true)}>
      {t('applications.create')}
    </Button>
  ) : null;
  return (
    <Page title={t('applications.title')} lead={t('applications.lead')} actions={create}>
      <DataTable
        caption={t('applications.title')}
        list={list}
        columns={columns}
        keyOf={({ id }) => id}
        empty={
          <Empty title={t('applications.empty')} icon="grid">
            <p>{t('applications.empty_help')}</p>
            <div class="empty-actions">{create}</div>
          </Empty>
        }
      />
      {isMaking ? <NewApplication onClose={() => setMaking(false)} /> : null}
    </Page>
  );
}

function NewApplication({ onClose }: { readonly onClose: () => void }) {
  const { t } = useWords();
  const declared = useMemo(
    () =>
      fields({
        name: { kind: 'text', label: t('application.name'), hint: t('application.name_help'), max: 80 },
        second_factor: {
          kind: 'choice',
          look: 'cards',
          label: t('application.second_factor'),
          options: (['push', 'none'] as const).map((value) => ({
            value,
            text: t(`application.second_factor.${value}`),
            help: t(`application.second_factor.${value}_help`),
          })),
        },
      }),
    [t],
  );
  return (
    <Modal title={t('applications.create')} onClose={onClose}>
      <Form
        fields={declared}
        submit={t('applications.create')}
        faultAt={{ name_taken: 'name' }}
        onCancel={onClose}
        onSubmit={async (body) => {
          const made = await call('createApplication', { body });
          await refresh('listApplications');
          toast(t('applications.created', { name: made.name }));
          open(hrefOf('application', { id: made.id }));
        }}
      />
    </Modal>
  );
}
