// Every certificate that was issued: whose it is, until when it holds, and revoking one by itself.
import type { Certificate } from '@countersign/contract/scep-models.ts';
import { certificateKinds, certificateStates } from '@countersign/contract/certificate-kinds.ts';
import { deviceNow } from '@countersign/ui/clock.ts';
import { Button } from '@countersign/ui/parts/button.tsx';
import { Empty } from '@countersign/ui/parts/facts.tsx';
import { useState } from 'preact/hooks';
import { call } from '../../api/call.ts';
import { refresh, usePages } from '../../api/query.ts';
import { mayCall } from '../../api/session.ts';
import { StatusDot } from '../../parts/badge.tsx';
import { ConfirmDialog } from '../../parts/confirm-dialog.tsx';
import { type Column, DataTable } from '../../parts/data-table.tsx';
import { FilterBar, FilterChoice } from '../../parts/filter-bar.tsx';
import { ExactTime, RelativeTime } from '../../parts/time.tsx';
import { toast } from '../../parts/toasts.tsx';
import { hrefOf } from '../../router/paths.ts';
import { changeSearch, useRoute } from '../../router/router.ts';
import { type Speech, useWords } from '../../words/words.ts';
import { certificateTones, nameOf, stateOf } from './certificate-state.ts';

const columnsOf = ({ t }: Speech): readonly Column<Certificate>[] => [
  {
    id: 'holder',
    head: t('certs.holder'),
    isName: true,
    cell: (certificate) => (
      <span class="stack-small">
        <Holder certificate={certificate} />
        <span class="quiet mono small">{certificate.serial}</span>
      </span>
    ),
  },
  {
    id: 'kind',
    head: t('certs.kind'),
    minor: true,
    cell: ({ kind }) => <span class="some-room">{t(`certs.kind.${kind}`)}</span>,
  },
  {
    id: 'state',
    head: t('certs.state'),
    cell: (certificate) => {
      const state = stateOf(certificate, deviceNow());
      return (
        <span class="stack-small">
          <StatusDot tone={certificateTones[state]}>
            {t(
              `certs.state.${state === 'revoked' && certificate.revocation_reason === 4 ? 'superseded' : state}`,
            )}
          </StatusDot>
          {state === 'revoked' ? (
            <span class="quiet small">
              <RelativeTime at={certificate.revoked_at} />
            </span>
          ) : null}
        </span>
      );
    },
  },
  { id: 'until', head: t('certs.until'), cell: ({ not_after: at }) => <ExactTime at={at} /> },
];

function Holder({ certificate }: { readonly certificate: Certificate }) {
  const { user_id: user } = certificate;
  const name = <bdi>{nameOf(certificate)}</bdi>;
  return user === null ? name : <a href={hrefOf('userById', { user })}>{name}</a>;
}

export function IssuedCertificates() {
  const speech = useWords();
  const { t } = speech;
  const { search } = useRoute();
  const kind = certificateKinds.find((each) => each === search['kind']);
  const state = certificateStates.find((each) => each === search['state']);
  const list = usePages('listCertificates', { query: { kind, state } });
  const [doomed, setDoomed] = useState<Certificate>();
  const revoke = (certificate: Certificate) =>
    certificate.revoked_at === null && certificate.kind !== 'authority' ? (
      <Button
        look="warn"
        label={t('certs.revoke_named', { name: nameOf(certificate) })}
        onClick={() => setDoomed(certificate)}
      >
        {t('certs.revoke')}
      </Button>
    ) : null;
  const isFiltered = kind !== undefined || state !== undefined;
  return (
    <>
      <FilterBar>
        <FilterChoice
          label={t('certs.kind')}
          value={kind ?? ''}
          options={[
            { value: '', text: t('certs.all') },
            ...certificateKinds.map((value) => ({ value, text: t(`certs.kind.${value}`) })),
          ]}
          onChange={(value) => changeSearch({ kind: value })}
        />
        <FilterChoice
          label={t('certs.state')}
          value={state ?? ''}
          options={[
            { value: '', text: t('certs.all') },
            ...certificateStates.map((value) => ({ value, text: t(`certs.state.${value}`) })),
          ]}
          onChange={(value) => changeSearch({ state: value })}
        />
      </FilterBar>
      <DataTable
        caption={t('certs.issued')}
        list={list}
        columns={columnsOf(speech)}
        keyOf={({ serial }) => serial}
        {...(mayCall('revokeCertificate') ? { rowActions: revoke } : {})}
        empty={
          <Empty title={t('certs.empty')} icon="shield">
            <p>{t('certs.empty_help')}</p>
          </Empty>
        }
        onClearFilters={isFiltered ? () => changeSearch({ kind: undefined, state: undefined }) : undefined}
      />
      {doomed ? <Revocation certificate={doomed} onClose={() => setDoomed(undefined)} /> : null}
    </>
  );
}

interface RevocationProps {
  readonly certificate: Certificate;
  readonly onClose: () => void;
}

function Revocation({ certificate, onClose }: RevocationProps) {
  const { t } = useWords();
  const name = nameOf(certificate);
  return (
    <ConfirmDialog
      title={t('certs.revoke_ask', { name })}
      help={t(certificate.kind === 'device' ? 'certs.revoke_device' : 'certs.revoke_gateway')}
      action={t('certs.revoke')}
      onClose={onClose}
      onConfirm={async () => {
        await call('revokeCertificate', { params: { serial: certificate.serial } });
        await refresh('listCertificates', 'listAuthorities');
        toast(t('certs.revoked', { name }));
      }}
    />
  );
}
