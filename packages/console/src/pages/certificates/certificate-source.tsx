// Where the certificates of devices come from: this installation, or a third party's authority by SCEP, which is tested and set here.
import type {
  CertificateSource,
  NewCertificateSource,
} from '@countersign/contract/certificate-source-models.ts';
import { Button } from '@countersign/ui/parts/button.tsx';
import { useState } from 'preact/hooks';
import { useQuery } from '../../api/query.ts';
import { mayCall } from '../../api/session.ts';
import { StatusDot } from '../../parts/badge.tsx';
import { FactList } from '../../parts/fact-list.tsx';
import { Load } from '../../parts/load.tsx';
import { Section } from '../../parts/page.tsx';
import { StepwiseTest } from '../../parts/stepwise-test.tsx';
import { useWords } from '../../words/words.ts';
import { fingerprintLines } from './chain.ts';
import { CertificateSourceForm } from './certificate-source-form.tsx';

type Step =
  | 'answer'
  | 'algorithms'
  | 'certificates'
  | 'fingerprint'
  | 'registrar'
  | 'signature'
  | 'challenge';

/** As it is kept; the server takes the secret that it has. */
export function keptBody({ scep }: CertificateSource): NewCertificateSource {
  if (!scep) return { from: 'own' };
  const { has_secret: _has, authority_id: _id, registrar_certificate: _pem, ...fields } = scep;
  return { from: 'scep', ...fields };
}

export function CertificateSourceSection() {
  const { t } = useWords();
  const source = useQuery('getCertificateSource');
  const [open, setOpen] = useState<'change' | 'test'>();
  const close = (): void => setOpen(undefined);
  const { data } = source;
  return (
    <Section
      title={t('cert_source.title')}
      part="source"
      lead={t('cert_source.lead')}
      actions={
        <>
          {data?.scep && mayCall('testCertificateSource') ? (
            <Button icon="gateway" onClick={() => setOpen('test')}>
              {t('cert_source.test')}
            </Button>
          ) : null}
          {data && mayCall('changeCertificateSource') ? (
            <Button onClick={() => setOpen('change')}>{t('cert_source.change')}</Button>
          ) : null}
        </>
      }
    >
      <Load from={source}>{(kept) => <Kept source={kept} />}</Load>
      {open === 'change' && data ? <CertificateSourceForm source={data} onClose={close} /> : null}
      {open === 'test' && data ? (
        <StepwiseTest
          title={t('cert_source.test_title')}
          name="testCertificateSource"
          input={{ body: keptBody(data) }}
          titleOf={(name) => {
            const step = name as Step;
            return t(`cert_step.${step}`);
          }}
          onClose={close}
          onSettings={() => setOpen('change')}
        />
      ) : null}
    </Section>
  );
}

function Kept({ source: { scep } }: { readonly source: CertificateSource }) {
  const { t } = useWords();
  if (!scep) return <StatusDot tone="good">{t('cert_source.own')}</StatusDot>;
  return (
    <FactList
      rows={[
        [t('cert_source.from'), <StatusDot tone="note">{t('cert_source.scep')}</StatusDot>],
        [t('cert_source.url'), <bdi class="mono">{scep.url}</bdi>],
        [
          t('cert_source.fingerprint'),
          <span class="mono fingerprint">
            {fingerprintLines(scep.fingerprint.toUpperCase().replace(/..(?=.)/g, '$&:')).map((line) => (
              <div key={line}>{line}</div>
            ))}
          </span>,
        ],
        [t('cert_source.challenge'), t(`cert_source.challenge.${scep.challenge}`)],
        ...(scep.accept_sha1_answers ? [[t('cert_step.signature'), t('cert_source.sha1_on')] as const] : []),
      ]}
    />
  );
}
