// Somebody signed in with a password alone: nothing else is allowed until a second factor is there.
import type { Session } from '@countersign/contract/administrator-models.ts';
import { Button } from '@countersign/ui/parts/button.tsx';
import { addPasskey } from '../../api/add-passkey.ts';
import { logOut, openSession } from '../../api/session.ts';
import { DeviceButton } from '../../parts/device-button.tsx';
import { useWords } from '../../words/words.ts';
import { Door } from './door.tsx';
import { ProofDialog } from './proof-dialog.tsx';

export function EnrolPage({ session }: { readonly session: Session }) {
  const { t } = useWords();
  // Nobody invites them: their password is not ours to set.
  const isOfDirectory = session.administrator.kind === 'directory';
  const add = async (signal: AbortSignal): Promise<void> => {
    await addPasskey('', signal);
    await openSession();
  };
  return (
    <Door wide title={t('enrol.title')} lead={t('enrol.lead')}>
      <section class="stack">
        <h2>{t('setup.passkey')}</h2>
        <p class="quiet">{t('enrol.passkey_lead')}</p>
        <div class="door-main">
          <DeviceButton text={t('setup.do_passkey')} onPress={add} />
        </div>
      </section>
      <section class="stack">
        <h2>{t(isOfDirectory ? 'enrol.elsewhere' : 'enrol.phone')}</h2>
        <p class="quiet">{t(isOfDirectory ? 'enrol.elsewhere_lead' : 'enrol.phone_lead')}</p>
      </section>
      <Button look="quiet" onClick={() => void logOut()}>
        {t('nav.log_out')}
      </Button>
      <ProofDialog session={session} />
    </Door>
  );
}
