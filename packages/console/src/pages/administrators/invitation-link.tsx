// The link of an invitation, shown this once.
import { Button } from '@countersign/ui/parts/button.tsx';
import { SecretOnce } from '../../parts/copy.tsx';
import { useWords } from '../../words/words.ts';

export function InvitationLink({
  name,
  link,
  onDone,
}: {
  readonly name: string;
  readonly link: string;
  readonly onDone: () => void;
}) {
  const { t } = useWords();
  return (
    <>
      <p>{t('administrators.invited_help', { name })}</p>
      <SecretOnce isLink label={t('administrators.invitation_link')} secret={link} />
      <div class="form-actions">
        <Button look="main" onClick={onDone}>
          {t('do.done')}
        </Button>
      </div>
    </>
  );
}
