// The directory whose people may sign in to the console: which groups give which role, and who would get in.
import type { AdministratorDirectory } from '@countersign/contract/administrator-directory-models.ts';
import { useMemo, useState } from 'preact/hooks';
import { Button } from '@countersign/ui/parts/button.tsx';
import { call } from '../../api/call.ts';
import { refresh, useQuery } from '../../api/query.ts';
import { mayCall } from '../../api/session.ts';
import { StatusDot } from '../../parts/badge.tsx';
import { FactList } from '../../parts/fact-list.tsx';
import { Form } from '../../parts/form.tsx';
import { fields, type Option } from '../../parts/form-fields.ts';
import { Load } from '../../parts/load.tsx';
import { Modal } from '../../parts/modal.tsx';
import { Section } from '../../parts/page.tsx';
import { toast } from '../../parts/toasts.tsx';
import { type Speech, useWords } from '../../words/words.ts';
import { DirectoryLookUp } from './directory-look-up.tsx';

export function DirectorySection() {
  const { t } = useWords();
  const directory = useQuery('getAdministratorDirectory');
  const [open, setOpen] = useState<'change' | 'look_up'>();
  const close = (): void => setOpen(undefined);
  const { data } = directory;
  const isKept = data !== undefined && data.source_id !== null;
  const canChange = data !== undefined && data.sources.length > 0 && mayCall('changeAdministratorDirectory');
  return (
    <Section
      title={t('admin_directory.title')}
      lead={t('admin_directory.lead')}
      actions={
        <>
          {isKept && mayCall('lookUpAdministrator') ? (
            <Button icon="search" onClick={() => setOpen('look_up')}>
              {t('admin_directory.look_up')}
            </Button>
          ) : null}
          {canChange ? (
            <Button onClick={() => setOpen('change')}>
              {t(isKept ? 'admin_directory.change' : 'admin_directory.set_up')}
            </Button>
          ) : null}
        </>
      }
    >
      <Load from={directory}>{(kept) => <Kept directory={kept} />}</Load>
      {open === 'change' && data ? <Change directory={data} onClose={close} /> : null}
      {open === 'look_up' ? <DirectoryLookUp onClose={close} /> : null}
    </Section>
  );
}

function Kept({ directory }: { readonly directory: AdministratorDirectory }) {
  const { t } = useWords();
  const { enabled, sources, source_id: id } = directory;
  if (id === null)
    return <p>{t(sources.length === 0 ? 'admin_directory.no_sources' : 'admin_directory.off_help')}</p>;
  const source = sources.find((each) => each.id === id);
  const groups = (names: readonly string[]) =>
    names.length === 0
      ? '–'
      : names.map((name) => (
          <div key={name}>
            <bdi>{name}</bdi>
          </div>
        ));
  return (
    <>
      <FactList
        rows={[
          [
            t('admin_directory.state'),
            <StatusDot tone={enabled ? 'good' : 'quiet'}>
              {t(enabled ? 'admin_directory.on' : 'admin_directory.off')}
            </StatusDot>,
          ],
          [t('admin_directory.source'), <bdi>{source ? nameOf(source) : id}</bdi>],
          [t('admin_directory.administrator_groups'), groups(directory.administrator_groups)],
          [t('admin_directory.helpdesk_groups'), groups(directory.helpdesk_groups)],
          [t('admin_directory.auditor_groups'), groups(directory.auditor_groups)],
        ]}
      />
      {enabled && source?.enabled === false ? <p class="quiet">{t('admin_directory.source_off')}</p> : null}
    </>
  );
}

type Source = AdministratorDirectory['sources'][number];
const nameOf = ({ name, application_name: application }: Source): string => `${name} · ${application}`;

function declare({ t }: Speech, sources: readonly Source[]) {
  const groups = (role: 'administrator' | 'helpdesk' | 'auditor') =>
    ({
      kind: 'tags',
      label: t(`admin_directory.${role}_groups`),
      hint: t('admin_directory.groups_help'),
      max: 1000,
      withCommas: true,
      optional: true,
    }) as const;
  const options: readonly Option[] = sources.map((source) => ({ value: source.id, text: nameOf(source) }));
  return fields({
    source_id: {
      kind: 'choice',
      label: t('admin_directory.source'),
      hint: t('admin_directory.source_help'),
      options: [{ value: '', text: t('admin_directory.source_none') }, ...options],
      optional: true,
    },
    administrator_groups: groups('administrator'),
    helpdesk_groups: groups('helpdesk'),
    auditor_groups: groups('auditor'),
    enabled: {
      kind: 'flag',
      label: t('admin_directory.enabled'),
      hint: t('admin_directory.enabled_help'),
    },
  });
}

function Change({
  directory,
  onClose,
}: {
  readonly directory: AdministratorDirectory;
  readonly onClose: () => void;
}) {
  const speech = useWords();
  const { t } = speech;
  const { sources } = directory;
  const declared = useMemo(() => declare(speech, sources), [speech, sources]);
  return (
    <Modal title={t('admin_directory.title')} onClose={onClose}>
      <Form
        fields={declared}
        values={{ ...directory, source_id: directory.source_id ?? '' }}
        submit={t('do.save')}
        isEditing
        onCancel={onClose}
        onSubmit={async (values) => {
          await call('changeAdministratorDirectory', {
            body: {
              enabled: values.enabled,
              source_id: values.source_id === '' ? null : values.source_id,
              administrator_groups: [...values.administrator_groups],
              helpdesk_groups: [...values.helpdesk_groups],
              auditor_groups: [...values.auditor_groups],
            },
          });
          await refresh('getAdministratorDirectory', 'listAdministrators');
          toast(t('form.saved'));
          onClose();
        }}
      >
        <p class="quiet">{t('admin_directory.owners_help')}</p>
      </Form>
    </Modal>
  );
}
