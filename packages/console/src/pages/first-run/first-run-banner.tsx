// Where nobody was ever let in, the way to the first run; for whoever may set the server up.
import { useQuery } from '../../api/query.ts';
import { mayCall } from '../../api/session.ts';
import { LinkButton } from '../../parts/link-button.tsx';
import { hrefOf } from '../../router/paths.ts';
import { useWords } from '../../words/words.ts';

export function FirstRunBanner() {
  const { t } = useWords();
  const isFor = mayCall('createApplication') && mayCall('listActivity');
  const logins = useQuery(
    'listActivity',
    { query: { status: 'approved', kind: 'login', limit: 1 } },
    { enabled: isFor },
  );
  if (!isFor || !logins.data || logins.data.items.length > 0 || logins.data.next_cursor !== null) return null;
  return (
    <section class="first-banner" aria-label={t('first.title')}>
      <span>
        <strong>{t('first.banner')}</strong> <span class="quiet">{t('first.banner_help')}</span>
      </span>
      <LinkButton href={hrefOf('firstRun')} look="main">
        {t('first.banner_do')}
      </LinkButton>
    </section>
  );
}
