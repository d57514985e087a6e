// The forms of an OpenID provider in a dialog from the side: a new one gets its redirect URI first, which the provider wants to know.
import type { OpenidProvider } from '@countersign/contract/openid-models.ts';
import { useMemo } from 'preact/hooks';
import { call } from '../../api/call.ts';
import { refresh } from '../../api/query.ts';
import { mayCall } from '../../api/session.ts';
import { CodeSnippet } from '../../parts/copy.tsx';
import { Form } from '../../parts/form.tsx';
import { Modal } from '../../parts/modal.tsx';
import { toast } from '../../parts/toasts.tsx';
import { useWords } from '../../words/words.ts';
import { bodyOf, fieldOfStep, foldedFields, newFields, providerFields, shownOf } from './provider-fields.ts';

export function NewProvider({
  applicationId,
  onClose,
  onCreated,
}: {
  readonly applicationId: string;
  readonly onClose: () => void;
  readonly onCreated: (provider: OpenidProvider) => void;
}) {
  const speech = useWords();
  const { t } = speech;
  const declared = useMemo(() => newFields(speech), [speech]);
  return (
    <Modal title={t('openid.create')} onClose={onClose} side>
      <p>{t('openid.create_lead')}</p>
      <Form
        fields={declared}
        submit={t('openid.create_do')}
        onCancel={onClose}
        onSubmit={async (body) => {
          const created = await call('createOpenidProvider', { params: { id: applicationId }, body });
          await refresh('listOpenidProviders');
          onCreated(created);
        }}
      />
    </Modal>
  );
}

export function ProviderEditor({
  provider,
  failed,
  onClose,
  onTest,
}: {
  readonly provider: OpenidProvider;
  /** What failed in a test that led here, and leads back to it. */
  readonly failed: readonly string[] | undefined;
  readonly onClose: () => void;
  readonly onTest: (provider: OpenidProvider) => void;
}) {
  const speech = useWords();
  const { t } = speech;
  const { has_client_secret: hasSecret } = provider;
  const declared = useMemo(() => providerFields(speech, hasSecret), [speech, hasSecret]);
  return (
    <Modal title={provider.name} onClose={onClose} side>
      <p>{t('openid.redirect_help')}</p>
      <CodeSnippet label={t('openid.redirect_uri')} code={provider.redirect_uri} />
      <Form
        fields={declared}
        values={shownOf(provider)}
        submit={t(failed ? 'openid.save_do' : 'do.save')}
        beginAt={failed ? fieldOfStep(failed) : undefined}
        folded={{ title: t('openid.more'), names: foldedFields }}
        onCancel={onClose}
        isEditing
        isReadOnly={!mayCall('changeOpenidProvider')}
        onSubmit={async (_all, changes) => {
          await call('changeOpenidProvider', { params: { id: provider.id }, body: bodyOf(changes) });
          await refresh('listOpenidProviders', 'getOpenidProvider');
          toast(t('form.saved'));
          if (failed) onTest(provider);
          else onClose();
        }}
      />
    </Modal>
  );
}
