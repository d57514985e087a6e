// SCEP: by what routers and gateways ask for certificates, what waits for a decision, and what was asked before.
import { Page } from '../../parts/page.tsx';
import { hrefOf } from '../../router/paths.ts';
import { useWords } from '../../words/words.ts';
import { Profiles } from './scep-profiles.tsx';
import { ScepRequests } from './scep-requests.tsx';

export function ScepPage() {
  const { t } = useWords();
  return (
    <Page
      title={t('scep.title')}
      lead={t('scep.lead')}
      crumbs={[{ text: t('certs.title'), href: hrefOf('certificates') }]}
    >
      <Profiles />
      <ScepRequests />
    </Page>
  );
}
