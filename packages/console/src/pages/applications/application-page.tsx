// One application: how logins to it are decided, and deleting it.
import type { Application } from '@countersign/contract/models.ts';
import { useMemo, useState } from 'preact/hooks';
import { Button } from '@countersign/ui/parts/button.tsx';
import { call } from '../../api/call.ts';
import { refresh, useQuery } from '../../api/query.ts';
import { mayCall } from '../../api/session.ts';
import { ConfirmDialog } from '../../parts/confirm-dialog.tsx';
import { CopyButton } from '../../parts/copy.tsx';
import { Form } from '../../parts/form.tsx';
import { fields } from '../../parts/form-fields.ts';
import { Load } from '../../parts/load.tsx';
import { Page, Section } from '../../parts/page.tsx';
import { toast } from '../../parts/toasts.tsx';
import { hrefOf } from '../../router/paths.ts';
import { openInstead } from '../../router/router.ts';
import { type Speech, useWords } from '../../words/words.ts';

const declare = ({ t }: Speech) =>
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
    request_seconds: {
      kind: 'number',
      label: t('application.request_seconds'),
      hint: t('application.request_seconds_help'),
      min: 10,
      max: 600,
      unit: t('unit.seconds'),
    },
    device_limit: {
      kind: 'number',
      label: t('application.device_limit'),
      hint: t('application.device_limit_help'),
      min: 0,
      max: 20,
      unit: t('unit.devices'),
    },
    unreachable_grace_seconds: {
      kind: 'number',
      label: t('application.grace'),
      hint: t('application.grace_help'),
      min: 0,
      max: 3600,
      unit: t('unit.seconds'),
    },
    enabled: { kind: 'flag', label: t('application.enabled'), hint: t('application.enabled_help') },
  });

export function ApplicationPage({ id }: { readonly id: string }) {
  const speech = useWords();
  const { t } = speech;
  const application = useQuery('getApplication', { params: { id } });
  return (
    <Page
      title={application.data?.name ?? t('application.settings')}
      lead={t('application.settings_lead')}
      crumbs={[{ text: t('applications.title'), href: hrefOf('applications') }]}
    >
      <Load from={application}>{(data) => <Settings application={data} />}</Load>
    </Page>
  );
}

function Settings({ application }: { readonly application: Application }) {
  const speech = useWords();
  const { t } = speech;
  const declared = useMemo(() => declare(speech), [speech]);
  return (
    <>
      <Section title={t('application.settings')}>
        <Form
          fields={declared}
          values={application}
          submit={t('do.save')}
          faultAt={{ name_taken: 'name' }}
          isEditing
          isReadOnly={!mayCall('changeApplication')}
          onSubmit={async (_all, body) => {
            await call('changeApplication', { params: { id: application.id }, body });
            await refresh('getApplication', 'listApplications');
            toast(t('form.saved'));
          }}
        />
      </Section>
      <Section title={t('application.access_id')} actions={<CopyButton text={application.access_id} />}>
        <p class="mono">{application.access_id}</p>
      </Section>
      {mayCall('deleteApplication') ? <Deletion application={application} /> : null}
    </>
  );
}

function Deletion({ application: { id, name } }: { readonly application: Application }) {
  const { t } = useWords();
  const [isAsking, setAsking] = useState(false);
  return (
    <Section title={t('application.danger')} lead={t('application.danger_help')}>
      <p>
        <Button icon="trash" onClick={() => setAsking(true)}>
          {t('application.delete')}
        </Button>
      </p>
      {isAsking ? (
        <ConfirmDialog
          title={t('application.danger')}
          help={t('application.danger_help')}
          action={t('application.delete')}
          typedName={name}
          onClose={() => setAsking(false)}
          onConfirm={async () => {
            await call('deleteApplication', { params: { id } });
            await refresh('listApplications');
            toast(t('application.deleted', { name }));
            openInstead(hrefOf('applications'));
          }}
        />
      ) : null}
    </Section>
  );
}
