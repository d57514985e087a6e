// Logging out, with a question before it where nothing but a password would let the administrator in again.
import { createStore, useStore } from '@countersign/ui/store.ts';
import { Button } from '@countersign/ui/parts/button.tsx';
import { hasSecondFactor, logOut, sessionState } from '../api/session.ts';
import { Modal } from '../parts/modal.tsx';
import { hrefOf } from '../router/paths.ts';
import { open } from '../router/router.ts';
import { useWords } from '../words/words.ts';

const asking = createStore(false);

export function askLogOut(): void {
  const { session } = sessionState.get();
  if (session && !hasSecondFactor(session)) asking.change(() => true);
  else void logOut();
}

/** Once, in the frame. */
export function LogOutQuestion() {
  const { t } = useWords();
  const isAsking = useStore(asking);
  if (!isAsking) return null;
  const close = (): void => asking.change(() => false);
  return (
    <Modal title={t('log_out.title')} onClose={close}>
      <p>{t('log_out.help')}</p>
      <div class="form-actions">
        <Button
          onClick={() => {
            close();
            void logOut();
          }}
        >
          {t('log_out.do')}
        </Button>
        <Button
          look="main"
          icon="key"
          onClick={() => {
            close();
            open(hrefOf('yourSignIn'));
          }}
        >
          {t('log_out.add')}
        </Button>
      </div>
    </Modal>
  );
}
