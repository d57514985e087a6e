// One-time codes of any service. They are made here, without a network.
import { useEffect, useState } from 'preact/hooks';
import { timeStep } from '../codes/one-time-password.ts';
import { Avatar } from '@countersign/ui/parts/avatar.tsx';
import { Button } from '@countersign/ui/parts/button.tsx';
import { Dialog } from '@countersign/ui/parts/dialog.tsx';
import { Icon } from '@countersign/ui/parts/icon.tsx';
import { Ring } from '@countersign/ui/parts/ring.tsx';
import { Empty } from '@countersign/ui/parts/facts.tsx';
import { Screen } from '../parts/screen.tsx';
import { useActions } from '../parts/use-actions.ts';
import { useNow } from '@countersign/ui/parts/use-now.ts';
import { deviceNow } from '@countersign/ui/clock.ts';
import type { CodeRecord } from '../storage/database.ts';
import { useWords } from '../words/words.ts';
import { AddFirst } from './add-first.tsx';
import { AddLink } from './accounts-screen.tsx';

const nameOf = ({ issuer, account }: CodeRecord): string => issuer || account;

export function CodesScreen({ codes }: { readonly codes: readonly CodeRecord[] }) {
  const { t } = useWords();
  const actions = useActions();
  const [removing, setRemoving] = useState<CodeRecord>();
  if (codes.length === 0) return <NoCodes />;
  return (
    <Screen title={t('codes.title')} aside={<AddLink />}>
      <ul class="list">
        {codes.map((record) => (
          <CodeCard key={record.id} record={record} onRemove={() => setRemoving(record)} />
        ))}
      </ul>
      {removing ? (
        <Dialog
          title={t('codes.remove_title', { name: nameOf(removing) || t('codes.unnamed') })}
          help={t('codes.remove_help')}
          action={t('codes.remove')}
          onAction={() => void actions.removeCode(removing.id).then(() => setRemoving(undefined))}
          onClose={() => setRemoving(undefined)}
        />
      ) : null}
    </Screen>
  );
}

const NoCodes = () => {
  const { t } = useWords();
  return (
    <Screen title={t('codes.title')}>
      <Empty icon="codes" title={t('codes.empty')}>
        <p>{t('codes.empty_help')}</p>
        <AddFirst />
      </Empty>
    </Screen>
  );
};

function CodeCard({ record, onRemove }: { readonly record: CodeRecord; readonly onRemove: () => void }) {
  const { t } = useWords();
  const name = nameOf(record) || t('codes.unnamed');
  return (
    <li class="code-card">
      <div class="code-head">
        <Avatar name={name} of={record.id} />
        <span class="row-words">
          <span class="strong">
            <bdi>{name}</bdi>
          </span>
          {record.issuer === '' ? null : (
            <span class="quiet small">
              <bdi>{record.account}</bdi>
            </span>
          )}
        </span>
        <button
          type="button"
          class="icon-button"
          aria-label={t('codes.remove_of', { name })}
          onClick={onRemove}
        >
          <Icon name="trash" />
        </button>
      </div>
      {record.kind === 'totp' ? (
        <TotpCode record={record} name={name} />
      ) : (
        <HotpCode record={record} name={name} />
      )}
    </li>
  );
}

interface CodeProps {
  readonly record: CodeRecord;
  readonly name: string;
}

function TotpCode({ record, name }: CodeProps) {
  const { t } = useWords();
  const actions = useActions();
  const now = useNow(deviceNow);
  const step = timeStep(now, record.period);
  const [code, setCode] = useState('');
  useEffect(() => {
    let isNewest = true;
    void actions.codeAt(record, step).then((made) => {
      if (isNewest) setCode(made);
    });
    return () => {
      isNewest = false;
    };
  }, [record, step, actions]);
  const leftMs = (step + 1) * record.period * 1000 - now;
  const seconds = Math.ceil(leftMs / 1000);
  return (
    <div class="code-line">
      <CodeValue code={code} digits={record.digits} name={name} />
      <Ring
        left={leftMs / (record.period * 1000)}
        seconds={seconds}
        label={t('codes.seconds_left', { count: seconds })}
        urgent={seconds <= 5}
      />
    </div>
  );
}

function HotpCode({ record, name }: CodeProps) {
  const { t } = useWords();
  const actions = useActions();
  const [code, setCode] = useState('');
  const next = async (): Promise<void> => {
    const counter = await actions.nextCounter(record);
    if (counter !== undefined) setCode(await actions.codeAt(record, counter));
  };
  return (
    <div class="code-line">
      <CodeValue code={code} digits={record.digits} name={name} />
      <Button onClick={() => void next()}>{t(code === '' ? 'codes.next_first' : 'codes.next')}</Button>
    </div>
  );
}

/** In two halves, as people read them out; copied without the gap. */
function CodeValue({
  code,
  digits,
  name,
}: {
  readonly code: string;
  readonly digits: number;
  readonly name: string;
}) {
  const { t } = useWords();
  const [copied, setCopied] = useState('');
  const half = Math.ceil(digits / 2);
  const shown = code === '' ? '•'.repeat(digits) : code;
  const copy = (): void => void navigator.clipboard.writeText(code).then(() => setCopied(code));
  return (
    <>
      <output class="code-value" dir="ltr">
        {shown.slice(0, half)}
        <span class="code-gap">{shown.slice(half)}</span>
      </output>
      <button
        type="button"
        class="icon-button"
        aria-label={t('codes.copy', { name })}
        aria-disabled={code === '' ? 'true' : undefined}
        onClick={code === '' ? undefined : copy}
      >
        <Icon name={copied === code && code !== '' ? 'check' : 'copy'} />
      </button>
      <span class="unseen" role="status">
        {copied === code && code !== '' ? t('do.copied') : ''}
      </span>
    </>
  );
}
