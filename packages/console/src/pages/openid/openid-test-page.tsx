// Where a test login at an OpenID provider comes back to: what was checked, which claims came, and what a login would make of them.
import type { OpenidTestResult } from '@countersign/contract/openid-models.ts';
import { Facts, Skeleton } from '@countersign/ui/parts/facts.tsx';
import { Notice } from '@countersign/ui/parts/problem.tsx';
import { useEffect, useState } from 'preact/hooks';
import { call } from '../../api/call.ts';
import { useQuery } from '../../api/query.ts';
import { Failure } from '../../parts/failure.tsx';
import { LinkButton } from '../../parts/link-button.tsx';
import { Page, Section } from '../../parts/page.tsx';
import { FoundStep } from '../../parts/stepwise-test.tsx';
import { hrefOf, type Search } from '../../router/paths.ts';
import { useRoute } from '../../router/router.ts';
import { useWords } from '../../words/words.ts';

/** Taken out of the address at once: a code and a state are of use to nobody else. */
function useReturned(): Search {
  const { search } = useRoute();
  const [returned] = useState(search);
  useEffect(() => history.replaceState(null, '', hrefOf('openidTest')), []);
  return returned;
}

export function OpenidTestPage() {
  const { t } = useWords();
  const { provider = '', state = '', code, iss, error, error_description } = useReturned();
  const [result, setResult] = useState<OpenidTestResult>();
  const [trouble, setTrouble] = useState<unknown>();
  useEffect(() => {
    if (state === '') return;
    const given = Object.entries({ code, iss, error, error_description });
    const answer = Object.fromEntries(given.filter(([, value]) => value !== undefined));
    call('finishOpenidTestLogin', {
      params: { id: provider },
      body: { provider_id: provider, state, ...answer },
    }).then(setResult, setTrouble);
  }, []);
  return (
    <Page title={t('openid_test.result')} lead={t('openid_test.result_lead')}>
      {state === '' ? (
        <Notice title={t('openid_test.nothing')}>
          <p>{t('openid_test.nothing_help')}</p>
        </Notice>
      ) : null}
      <Failure error={trouble} />
      {state !== '' && !result && trouble === undefined ? (
        <Skeleton label={t('openid_test.checking')} />
      ) : null}
      {result ? <Result result={result} /> : null}
      {result ? <Back provider={provider} /> : null}
    </Page>
  );
}

function Back({ provider: id }: { readonly provider: string }) {
  const { t } = useWords();
  const provider = useQuery('getOpenidProvider', { params: { id } });
  if (!provider.data) return null;
  return (
    <p>
      <LinkButton icon="back" href={hrefOf('openidProviders', { id: provider.data.application_id })}>
        {t('openid.title')}
      </LinkButton>
    </p>
  );
}

function Result({ result: { outcome, findings, user, claims } }: { readonly result: OpenidTestResult }) {
  const { t } = useWords();
  const isIn = outcome === 'would_create' || outcome === 'would_refresh';
  return (
    <>
      <Notice title={t(`openid_outcome.${outcome}`)} look={isIn ? 'note' : 'warn'}>
        <p>{t(`openid_outcome.${outcome}_help`)}</p>
      </Notice>
      <Section title={t('openid_test.steps')}>
        <ol class="login-steps">
          {findings.map((finding) => (
            <FoundStep key={finding.step} title={t(`openid_step.${finding.step}`)} finding={finding} />
          ))}
        </ol>
      </Section>
      {user ? (
        <Section title={t('openid_test.user')} lead={t('openid_test.user_lead')}>
          <Facts
            rows={[
              [t('openid_test.username'), user.username] as const,
              [t('openid_test.full_name'), user.full_name] as const,
              [t('openid_test.email'), user.email] as const,
              [t('openid_test.phone'), user.phone] as const,
              [t('openid_test.teams'), user.teams.join(', ')] as const,
              [t('openid_test.external_id'), user.external_guid] as const,
            ].filter(([, value]) => value !== '')}
          />
        </Section>
      ) : null}
      {claims.length > 0 ? <Claims claims={claims} /> : null}
    </>
  );
}

function Claims({ claims }: Pick<OpenidTestResult, 'claims'>) {
  const { t } = useWords();
  return (
    <Section title={t('openid_test.claims')} lead={t('openid_test.claims_lead')}>
      <dl class="claims">
        {claims.map(({ name, value, from }) => (
          <div key={`${from} ${name}`}>
            <dt>
              <bdi class="mono">{name}</bdi>{' '}
              <span class="quiet">
                {t(from === 'id_token' ? 'openid_test.from.id_token' : 'openid_test.from.userinfo')}
              </span>
            </dt>
            <dd>
              <bdi class="mono">{value}</bdi>
            </dd>
          </div>
        ))}
      </dl>
    </Section>
  );
}
