// The form of a user source in a dialog from the side; a new one begins with its kind.
import type { UserSource } from '@countersign/contract/user-source-models.ts';
import { useMemo, useState } from 'preact/hooks';
import { Notice } from '@countersign/ui/parts/problem.tsx';
import { call } from '../../api/call.ts';
import { refresh } from '../../api/query.ts';
import { mayCall } from '../../api/session.ts';
import { ChooseKind } from '../../parts/choose-kind.tsx';
import { Form } from '../../parts/form.tsx';
import { Modal } from '../../parts/modal.tsx';
import { toast } from '../../parts/toasts.tsx';
import { useWords } from '../../words/words.ts';
import {
  bodyOf,
  defaultsOf,
  fieldOfStep,
  foldedFields,
  type Kind,
  shownOf,
  sourceFields,
  textOf,
} from './source-fields.ts';

interface EditorProps {
  readonly applicationId: string;
  readonly source: UserSource | 'new';
  readonly onClose: () => void;
  /** What failed in a test that led here, and leads back to it. */
  readonly failed?: readonly string[] | undefined;
  /** A new one is there, or one that was to be put right. */
  readonly onTest: (source: UserSource) => void;
}

export function SourceEditor(props: EditorProps) {
  const { t } = useWords();
  const { source, onClose } = props;
  const [kind, setKind] = useState<Kind | undefined>(source === 'new' ? undefined : source.kind);
  return (
    <Modal title={source === 'new' ? t('sources.create') : source.name} onClose={onClose} side>
      {kind === undefined ? (
        <ChooseKind
          label={t('source.kind')}
          kinds={(['active_directory', 'ldap', 'radius'] as const).map((value) => ({
            value,
            text: t(`source.kind.${value}`),
            help: t(`source.kind.${value}_help`),
          }))}
          onChoose={setKind}
          onClose={onClose}
        />
      ) : (
        <Settings {...props} kind={kind} />
      )}
    </Modal>
  );
}

function Settings({
  applicationId,
  source,
  kind,
  failed,
  onClose,
  onTest,
}: EditorProps & { readonly kind: Kind }) {
  const speech = useWords();
  const { t } = speech;
  const isNew = source === 'new';
  const declared = useMemo(() => sourceFields(speech, kind, isNew), [speech, kind, isNew]);
  const [isCaching, setIsCaching] = useState(false);
  return (
    <Form
      fields={declared}
      values={isNew ? defaultsOf(kind) : shownOf(source)}
      submit={t(isNew ? 'sources.create_do' : failed ? 'sources.save_do' : 'do.save')}
      beginAt={failed ? fieldOfStep(failed) : undefined}
      folded={{ title: t('sources.more'), names: foldedFields }}
      hide={({ cache }) => (cache === true ? [] : ['cache_hours'])}
      onTyped={({ cache }) => setIsCaching(cache === true)}
      onCancel={onClose}
      isEditing={!isNew}
      isReadOnly={!mayCall('changeUserSource')}
      onSubmit={async (all, changes) => {
        if (source === 'new') {
          const body = { ...bodyOf(all), kind, name: textOf(all['name']) };
          const created = await call('createUserSource', { params: { id: applicationId }, body });
          onTest(created);
          toast(t('sources.created', { name: created.name }));
          await refresh('listUserSources', 'getUserSource');
          return;
        }
        const body = bodyOf(changes, all);
        const changed = await call('changeUserSource', { params: { id: source.id }, body });
        await refresh('listUserSources', 'getUserSource');
        toast(t('form.saved'));
        if (failed) onTest(changed);
        else onClose();
      }}
    >
      {isCaching ? (
        <Notice title={t('source.cache_warning')}>
          <p>{t('source.cache_warning_old')}</p>
          <p>{t('source.cache_warning_hash')}</p>
        </Notice>
      ) : null}
    </Form>
  );
}
