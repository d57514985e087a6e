// How the users of an application get in and out in files.
import { useState } from 'preact/hooks';
import { Button } from '@countersign/ui/parts/button.tsx';
import { mayCall } from '../../api/session.ts';
import { LinkButton } from '../../parts/link-button.tsx';
import { hrefOf } from '../../router/paths.ts';
import { useWords } from '../../words/words.ts';
import { ExportDialog } from './export-dialog.tsx';

export function ExportButton({ id, name }: { readonly id: string; readonly name: string }) {
  const { t } = useWords();
  const [isOpen, setOpen] = useState(false);
  if (!mayCall('exportUsers')) return null;
  return (
    <>
      <Button icon="download" onClick={() => setOpen(true)}>
        {t('users.export')}
      </Button>
      {isOpen ? <ExportDialog applicationId={id} name={name} onClose={() => setOpen(false)} /> : null}
    </>
  );
}

export function ImportButton({ id }: { readonly id: string }) {
  const { t } = useWords();
  if (!mayCall('startUserImport')) return null;
  return (
    <LinkButton icon="upload" href={hrefOf('usersFile', { id })}>
      {t('users.import')}
    </LinkButton>
  );
}
