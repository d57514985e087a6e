// Asks who is there once more, before something is destroyed or power handed out; then the call that wanted it goes on.
import type { Session } from '@countersign/contract/administrator-models.ts';
import { useStore } from '@countersign/ui/store.ts';
import { proof, signedIn } from '../../api/session.ts';
import { Modal } from '../../parts/modal.tsx';
import { useWords } from '../../words/words.ts';
import { PasswordFactor } from './factors.tsx';
import { SecondFactor } from './sign-in-page.tsx';

export function ProofDialog({ session }: { readonly session: Session }) {
  const { t, count } = useWords();
  const isAsking = useStore(proof.asking);
  if (!isAsking) return null;
  const proved = (renewed: Session): void => {
    // What waits was asked for by whoever was here: somebody else's proof must not set it off.
    if (signedIn(renewed)) proof.answer(true);
  };
  const methods = session.verify_with;
  return (
    <Modal title={t('proof.title')} onClose={() => proof.answer(false)}>
      <p class="quiet">
        {t('proof.help')} {count('proof.holds', session.step_up_minutes)}
      </p>
      <div class="door-main">
        <SecondFactor methods={methods} onProved={proved} />
      </div>
      {methods.includes('password') ? <PasswordFactor onProved={proved} /> : null}
    </Modal>
  );
}
