// The settings of an application: how logins to it are decided, how it looks on phones, and deleting it.
import type { Application } from '@countersign/contract/models.ts';
import { useMemo, useState } from 'preact/hooks';
import { Button } from '@countersign/ui/parts/button.tsx';
import { Notice } from '@countersign/ui/parts/problem.tsx';
import { call } from '../../api/call.ts';
import { refresh, useQuery } from '../../api/query.ts';
import { mayCall } from '../../api/session.ts';
import { ConfirmDialog } from '../../parts/confirm-dialog.tsx';
import { CopyButton } from '../../parts/copy.tsx';
import { Form } from '../../parts/form.tsx';
import { Load } from '../../parts/load.tsx';
import { Page, Section } from '../../parts/page.tsx';
import { toast } from '../../parts/toasts.tsx';
import { hrefOf } from '../../router/paths.ts';
import { openInstead } from '../../router/router.ts';
import { useWords } from '../../words/words.ts';
import { useAskedRisks } from '../onboarding/asked-risks.tsx';
import { allFields } from './application-fields.ts';
import { ApplicationImages } from './application-images.tsx';

export function ApplicationSettingsPage({ id }: { readonly id: string }) {
  const { t } = useWords();
  const application = useQuery('getApplication', { params: { id } });
  return (
    <Page
      title={t('application.settings')}
      lead={t('application.settings_lead')}
      crumbs={[
        { text: t('applications.title'), href: hrefOf('applications') },
        { text: application.data?.name ?? '', href: hrefOf('application', { id }) },
      ]}
    >
      <Load from={application}>{(data) => <Settings application={data} />}</Load>
    </Page>
  );
}

function Settings({ application }: { readonly application: Application }) {
  const speech = useWords();
  const { t } = speech;
  const declared = useMemo(() => allFields(speech), [speech]);
  const risks = useAskedRisks();
  const [isClosing, setClosing] = useState(false);
  return (
    <>
      <Section title={t('application.logins')}>
        <Form
          fields={declared}
          values={application}
          submit={t('do.save')}
          faultAt={{ name_taken: 'name' }}
          isEditing
          isReadOnly={!mayCall('changeApplication')}
          hide={(typed) =>
            typed['second_factor'] === 'none' ? ['user_verification', 'request_seconds'] : []
          }
          onTyped={({ authorisation }) => setClosing(authorisation === 'closed')}
          onSubmit={async (_all, body) => {
            await risks.ask(() =>
              call('changeApplication', {
                params: { id: application.id },
                body: { ...body, ...risks.acknowledged },
              }),
            );
            await refresh('getApplication', 'listApplications');
            toast(t('form.saved'));
          }}
        >
          {risks.shown}
          {isClosing ? (
            <Notice title={t('application.authorisation.warning')}>
              <p>{t('application.authorisation.warning_help')}</p>
            </Notice>
          ) : null}
        </Form>
      </Section>
      <ApplicationImages application={application} />
      <Section
        title={t('application.access_id')}
        lead={t('application.access_id_help')}
        actions={<CopyButton text={application.access_id} label={t('application.access_id')} />}
      >
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
            toast(t('application.deleted', { name }));
            openInstead(hrefOf('applications'));
            await refresh('listApplications');
          }}
        />
      ) : null}
    </Section>
  );
}
