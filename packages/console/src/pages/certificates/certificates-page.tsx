// Certificates: the authorities that sign them, how the root is kept away from the server, and every certificate that was issued.
import { Page, Section } from '../../parts/page.tsx';
import { CodeSnippet } from '../../parts/copy.tsx';
import { LinkButton } from '../../parts/link-button.tsx';
import { hrefOf } from '../../router/paths.ts';
import { useWords } from '../../words/words.ts';
import { Authorities } from './authorities.tsx';
import { CertificateSourceSection } from './certificate-source.tsx';
import { IssuedCertificates } from './issued-certificates.tsx';

export function CertificatesPage() {
  const { t } = useWords();
  return (
    <Page
      title={t('certs.title')}
      lead={t('certs.lead')}
      actions={
        <LinkButton href={hrefOf('scep')} icon="gateway">
          {t('scep.title')}
        </LinkButton>
      }
    >
      <Authorities />
      <CertificateSourceSection />
      <Section title={t('certs.issued')} part="issued">
        <IssuedCertificates />
      </Section>
      <Section title={t('certs.root_title')} part="root" lead={t('certs.root_lead')}>
        <CodeSnippet label={t('certs.root_take')} code="npx countersign ca take-root --out root.pem" />
        <CodeSnippet
          label={t('certs.root_new')}
          code={[
            'npx countersign ca request --out request.pem',
            'npx countersign ca sign request.pem --root root.pem --out new.pem',
            'npx countersign ca import new.pem',
          ].join('\n')}
        />
        <CodeSnippet
          label={t('certs.root_replace')}
          code="npx countersign ca replace --new-root --key rsa-3072"
        />
      </Section>
    </Page>
  );
}
