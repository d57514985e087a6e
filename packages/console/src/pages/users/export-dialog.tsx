// Taking all users of an application away as a file: the browser keeps it as it comes, however long it is.
import { Icon } from '@countersign/ui/parts/icon.tsx';
import { urlOf } from '../../api/send.ts';
import { Modal } from '../../parts/modal.tsx';
import { toast } from '../../parts/toasts.tsx';
import { useWords } from '../../words/words.ts';

const formats = ['csv', 'json', 'jsonl'] as const;

interface ExportDialogProps {
  readonly applicationId: string;
  readonly name: string;
  readonly onClose: () => void;
}

export function ExportDialog({ applicationId, name, onClose }: ExportDialogProps) {
  const { t } = useWords();
  const begun = (): void => {
    toast(t('export.begun'));
    onClose();
  };
  return (
    <Modal title={t('export.title', { name })} onClose={onClose}>
      <p>{t('export.help')}</p>
      <p class="export-ways">
        {formats.map((format) => (
          <a
            key={format}
            class="button button-plain"
            href={urlOf('exportUsers', { query: { application_id: applicationId, format } })}
            download
            // The browser follows the link before it is gone.
            onClick={() => setTimeout(begun)}
          >
            <Icon name="download" />
            <span>{t(`export.${format}`)}</span>
          </a>
        ))}
      </p>
      <p class="quiet small">{t('export.guard')}</p>
    </Modal>
  );
}
