// The authorities: who signs now, up to the root, with fingerprints to compare, and those that were replaced.
import type { CertificateAuthority } from '@countersign/contract/authority-models.ts';
import { Button } from '@countersign/ui/parts/button.tsx';
import { Icon } from '@countersign/ui/parts/icon.tsx';
import { deviceNow } from '@countersign/ui/clock.ts';
import { useQuery } from '../../api/query.ts';
import { Badge } from '../../parts/badge.tsx';
import { CopyButton, downloadText } from '../../parts/copy.tsx';
import { FactList } from '../../parts/fact-list.tsx';
import { LinkButton } from '../../parts/link-button.tsx';
import { Load } from '../../parts/load.tsx';
import { Section } from '../../parts/page.tsx';
import { ExactTime } from '../../parts/time.tsx';
import { useWords } from '../../words/words.ts';
import { type Chain, chainOf, endingOf, fingerprintLines } from './chain.ts';

export function Authorities() {
  const authorities = useQuery('listAuthorities');
  return <Load from={authorities}>{({ items }) => <Chains chain={chainOf(items)} />}</Load>;
}

function Chains({ chain: { signing, root, others } }: { readonly chain: Chain }) {
  const { t } = useWords();
  return (
    <>
      {signing ? (
        <Section
          title={t('certs.signing')}
          lead={t(signing.kind === 'single' ? 'certs.signing_single' : 'certs.signing_intermediate')}
        >
          <Authority authority={signing} />
        </Section>
      ) : null}
      {root ? (
        <Section title={t('certs.root')} lead={t(root.has_key ? 'certs.root_here' : 'certs.root_away')}>
          <Authority authority={root} />
        </Section>
      ) : null}
      {others.length === 0 ? null : (
        <Section title={t('certs.others')} lead={t('certs.others_lead')}>
          <ul class="authority-list">
            {others.map((each) => (
              <li key={each.id}>
                <Authority authority={each} />
              </li>
            ))}
          </ul>
        </Section>
      )}
    </>
  );
}

function Authority({ authority }: { readonly authority: CertificateAuthority }) {
  const { t, count } = useWords();
  const ending = endingOf(authority, deviceNow());
  return (
    <div class="authority">
      {ending === undefined ? null : (
        <p class="notice" role="status">
          <Icon name="warn" />
          <span>{t(`certs.ends_${ending}`)}</span>
        </p>
      )}
      <FactList
        rows={[
          [t('certs.subject'), <bdi key="s">{authority.subject}</bdi>],
          [
            t('certs.key'),
            <span key="k" class="row-line row-wrap">
              {authority.key}
              <Badge tone={authority.has_key ? 'note' : 'good'}>
                {t(authority.has_key ? 'certs.key_here' : 'certs.key_away')}
              </Badge>
            </span>,
          ],
          [t('certs.until'), <ExactTime key="u" at={authority.not_after} />],
          [t('certs.holds'), count('certs.count', authority.certificates)],
          [
            t('certs.fingerprint'),
            <span key="f" class="mono small fingerprint">
              {fingerprintLines(authority.fingerprint).map((line) => (
                <span key={line}>{line}</span>
              ))}
            </span>,
          ],
        ]}
      />
      <div class="row-line row-wrap">
        <Button
          icon="download"
          label={`${t('certs.download')}: ${authority.subject}`}
          onClick={() =>
            downloadText(`${authority.kind}.pem`, authority.certificate, 'application/x-pem-file')
          }
        >
          {t('certs.download')}
        </Button>
        <LinkButton href={authority.revocation_list_url} icon="download">
          {t('certs.list')}
        </LinkButton>
        <CopyButton
          text={authority.fingerprint}
          words={t('certs.fingerprint_copy')}
          label={authority.subject}
        />
      </div>
    </div>
  );
}
