// How whoever is signed in gets in: passkeys, password, phone; and where they are signed in.
import type { SessionSummary } from '@countersign/contract/administrator-models.ts';
import { Button } from '@countersign/ui/parts/button.tsx';
import { deviceNameFrom } from '@countersign/ui/device-name.ts';
import { useStore } from '@countersign/ui/store.ts';
import { call } from '../../api/call.ts';
import { refresh, usePages } from '../../api/query.ts';
import { sessionState } from '../../api/session.ts';
import { Failure } from '../../parts/failure.tsx';
import { Page, Section } from '../../parts/page.tsx';
import { toast } from '../../parts/toasts.tsx';
import { useAction } from '../../parts/use-action.ts';
import { useWords } from '../../words/words.ts';
import { SessionsTable } from '../administrators/sessions-table.tsx';
import { Passkeys } from './passkeys.tsx';
import { Password } from './password.tsx';
import { Phone } from './phone.tsx';

export function YourSignInPage() {
  const { t } = useWords();
  const { session } = useStore(sessionState);
  if (!session) return null;
  return (
    <Page title={t('yours.title')} lead={t('yours.lead')}>
      <Passkeys />
      <Password administrator={session.administrator} />
      <Phone administrator={session.administrator} />
      <Sessions />
    </Page>
  );
}

function Sessions() {
  const { t } = useWords();
  const list = usePages('listOwnSessions');
  const end = useAction(async (id: string) => {
    await call('endOwnSession', { params: { id } });
    await refresh('listOwnSessions');
    toast(t('session.ended'));
  });
  const endButton = ({ id, is_current: isCurrent, user_agent: agent }: SessionSummary) =>
    isCurrent ? null : (
      <Button
        look="quiet"
        label={t('session.end_label', { name: deviceNameFrom(agent) })}
        disabled={end.isBusy}
        onClick={() => void end.run(id)}
      >
        {t('session.end')}
      </Button>
    );
  return (
    <Section title={t('yours.sessions')} lead={t('yours.sessions_lead')}>
      <Failure error={end.error} />
      <SessionsTable caption={t('yours.sessions')} list={list} rowActions={endButton} />
    </Section>
  );
}
