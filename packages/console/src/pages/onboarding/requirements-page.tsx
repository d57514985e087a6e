// How people bind their phones to an application by themselves: what is required, in order, the code they scan, and the rules.
import type { Application } from '@countersign/contract/models.ts';
import type { Requirements } from '@countersign/contract/onboarding-models.ts';
import { Badge } from '../../parts/badge.tsx';
import { useQuery } from '../../api/query.ts';
import { CodeSnippet } from '../../parts/copy.tsx';
import { LinkButton } from '../../parts/link-button.tsx';
import { Load } from '../../parts/load.tsx';
import { Page, Section } from '../../parts/page.tsx';
import { QrCode } from '../../parts/qr-code.tsx';
import { hrefOf } from '../../router/paths.ts';
import { useWords } from '../../words/words.ts';
import { linkReach } from '../first-run/first-run.ts';
import { ReachNotice } from '../first-run/reach-notice.tsx';
import { EnrolmentRules } from './enrolment-rules.tsx';
import { RequirementOrder } from './requirement-order.tsx';

export function RequirementsPage({ id }: { readonly id: string }) {
  const { t } = useWords();
  const application = useQuery('getApplication', { params: { id } });
  const requirements = useQuery('getRequirements', { params: { id } });
  const { name = '…', enrolment } = application.data ?? {};
  return (
    <Page
      title={t('requirements.title')}
      lead={t('requirements.lead', { name })}
      aside={enrolment === 'closed' ? <Badge tone="warn">{t('rules.enrolment.closed')}</Badge> : null}
      actions={
        <LinkButton icon="activity" href={hrefOf('onboardingActivities', { id })}>
          {t('processes.title')}
        </LinkButton>
      }
      crumbs={[
        { text: t('applications.title'), href: hrefOf('applications') },
        { text: name, href: hrefOf('application', { id }) },
      ]}
    >
      <Load from={application}>
        {(known) => (
          <Load from={requirements}>{(data) => <All application={known} requirements={data} />}</Load>
        )}
      </Load>
    </Page>
  );
}

const All = ({
  application,
  requirements,
}: {
  readonly application: Application;
  readonly requirements: Requirements;
}) => (
  <>
    <RequirementOrder application={application} requirements={requirements} />
    <PhoneCode link={requirements.enrolment_link} name={application.name} />
    <EnrolmentRules application={application} />
  </>
);

function PhoneCode({ link, name }: { readonly link: string; readonly name: string }) {
  const { t } = useWords();
  const isForPhones = linkReach(link) === 'anywhere';
  return (
    <Section title={t('phone_code.title')} lead={isForPhones ? t('phone_code.lead') : null}>
      <ReachNotice link={link} />
      <div class="phone-code">
        {isForPhones ? <QrCode text={link} label={t('phone_code.qr', { name })} /> : null}
        <CodeSnippet code={link} label={t('phone_code.link')} />
      </div>
    </Section>
  );
}
