// “Who would get in?”: whether a person of the directory may sign in to the console, and with which role.
import type { AdministratorLookUpResult } from '@countersign/contract/administrator-directory-models.ts';
import { useMemo, useState } from 'preact/hooks';
import { Notice } from '@countersign/ui/parts/problem.tsx';
import { call } from '../../api/call.ts';
import { FactList } from '../../parts/fact-list.tsx';
import { Form } from '../../parts/form.tsx';
import { fields } from '../../parts/form-fields.ts';
import { Modal } from '../../parts/modal.tsx';
import { useWords } from '../../words/words.ts';

export function DirectoryLookUp({ onClose }: { readonly onClose: () => void }) {
  const { t } = useWords();
  const [found, setFound] = useState<AdministratorLookUpResult>();
  const declared = useMemo(
    () =>
      fields({
        username: {
          kind: 'text',
          label: t('look_up.username'),
          hint: t('look_up.username_help'),
          max: 80,
          autocomplete: 'off',
        },
      }),
    [t],
  );
  return (
    <Modal title={t('admin_directory.look_up')} onClose={onClose}>
      <div class="try">
        <Form
          fields={declared}
          submit={t('look_up.do')}
          onSubmit={async (body) => {
            setFound(undefined);
            setFound(await call('lookUpAdministrator', { body }));
          }}
        />
        <div aria-live="polite">{found ? <Found found={found} /> : null}</div>
      </div>
    </Modal>
  );
}

function Found({ found }: { readonly found: AdministratorLookUpResult }) {
  const { t } = useWords();
  const { result, role, username, full_name: fullName, dn, reason, detail } = found;
  const why = reason === null ? detail : t(`source_refusal.${reason}`);
  return (
    <>
      <Notice
        look={result === 'admitted' ? 'note' : 'warn'}
        title={
          role !== null && result === 'admitted'
            ? t('admin_directory.admitted', { role: t(`role.${role}`) })
            : t(`admin_directory.${result}`)
        }
      >
        {why === '' ? null : (
          <p>
            <bdi>{why}</bdi>
          </p>
        )}
      </Notice>
      {username === null ? null : (
        <FactList
          rows={[
            [t('look_up.name'), <bdi key="name">{username}</bdi>],
            [t('source.attribute_full_name'), <bdi key="full">{fullName === '' ? '–' : fullName}</bdi>],
            [
              t('look_up.dn'),
              <bdi key="dn" class="mono">
                {dn}
              </bdi>,
            ],
          ]}
        />
      )}
    </>
  );
}
