// Binding this device: whose account it is, what the device shall be called, and the key that is made for it.
import { useEffect, useState } from 'preact/hooks';
import type { InspectedTicket } from '@countersign/contract/device-models.ts';
import { inspectTicket } from '../device/bind-device.ts';
import { deviceNameFrom } from '@countersign/ui/device-name.ts';
import { Button } from '@countersign/ui/parts/button.tsx';
import { Field } from '@countersign/ui/parts/field.tsx';
import { Icon } from '@countersign/ui/parts/icon.tsx';
import { Notice, Problem } from '@countersign/ui/parts/problem.tsx';
import { Empty, Skeleton } from '@countersign/ui/parts/facts.tsx';
import { ApplicationPicture } from '../parts/application-picture.tsx';
import { Screen } from '../parts/screen.tsx';
import { useActions } from '../parts/use-actions.ts';
import { mustInstallFirst } from '../platform/browser-state.ts';
import { ownPublicUrl } from '../protocol/onboarding-link.ts';
import { codeOf } from '@countersign/ui/server-problem.ts';
import type { AppState } from '../state/app-state.ts';
import { hrefOf, openInstead, readRoute } from '../state/route.ts';
import type { Account } from '../storage/database.ts';
import { useWords } from '../words/words.ts';
import { Hints } from './hints.tsx';
import { isMissing, VerificationCard } from './verification-card.tsx';

export function BindScreen({ state }: { readonly state: AppState }) {
  const { t } = useWords();
  const [bound, setBound] = useState<Account>();
  const [anyway, setAnyway] = useState(false);
  const { ticket } = state;
  if (bound) return <Bound account={bound} mustSetUp={isMissing(state.verifications[bound.id])} />;
  if (ticket === undefined)
    return (
      <Screen title={t('bind.title')} back={hrefOf('accounts')}>
        <Empty icon="scan" title={t('bind.no_ticket')}>
          <p>{t('bind.no_ticket_help')}</p>
          <p>
            <a class="button button-main" href={hrefOf('add')}>
              <span>{t('add.title')}</span>
            </a>
          </p>
        </Empty>
      </Screen>
    );
  return (
    <Screen title={t('bind.title')} back={hrefOf('accounts')}>
      {mustInstallFirst() && !anyway ? (
        <InstallFirst fragment={ticket} onAnyway={() => setAnyway(true)} />
      ) : (
        <Inspected key={ticket} ticket={ticket} accounts={state.accounts} onBound={setBound} />
      )}
    </Screen>
  );
}

export function InstallFirst({
  fragment,
  onAnyway,
}: {
  /** Of the link. */
  readonly fragment: string;
  readonly onAnyway: () => void;
}) {
  const { t } = useWords();
  const [copied, setCopied] = useState(false);
  const copy = (): void => {
    const link = `${ownPublicUrl()}/onboard#${fragment}`;
    void navigator.clipboard.writeText(link).then(() => setCopied(true));
  };
  return (
    <div class="stack">
      <Notice title={t('bind.install_first')} look="note">
        <p>{t('bind.install_first_help')}</p>
        <p>{t('install.apple')}</p>
      </Notice>
      <Button look="main" icon="copy" onClick={copy}>
        {copied ? t('do.copied') : t('bind.copy_link')}
      </Button>
      <Button look="quiet" onClick={onAnyway}>
        {t('bind.anyway')}
      </Button>
    </div>
  );
}

interface InspectedProps {
  readonly ticket: string;
  readonly accounts: readonly Account[];
  readonly onBound: (account: Account) => void;
}

function Inspected({ ticket, accounts, onBound }: InspectedProps) {
  const { t } = useWords();
  const [found, setFound] = useState<InspectedTicket>();
  const [trouble, setTrouble] = useState<string>();
  const goOnWith = (it: InspectedTicket): void => {
    const isEnough = it.requirements.every(({ kind }) => kind === 'activation_link');
    if (isEnough) setFound(it);
    else openInstead('enrol', it.application.access_id);
  };
  const inspect = (): void => {
    setTrouble(undefined);
    inspectTicket(ownPublicUrl(), ticket).then(goOnWith, (error: unknown) => setTrouble(codeOf(error)));
  };
  useEffect(inspect, [ticket]);
  if (trouble !== undefined)
    return (
      <div class="stack">
        <Problem code={trouble} />
        {trouble === 'ticket_unknown' ? null : <Button onClick={inspect}>{t('do.try_again')}</Button>}
      </div>
    );
  if (!found) return <Skeleton label={t('bind.looking')} />;
  return <BindForm ticket={ticket} found={found} accounts={accounts} onBound={onBound} />;
}

function BindForm({
  ticket,
  found,
  accounts,
  onBound,
}: InspectedProps & { readonly found: InspectedTicket }) {
  const { t } = useWords();
  const actions = useActions();
  const [name, setName] = useState(() => deviceNameFrom(navigator.userAgent));
  const [trouble, setTrouble] = useState<string>();
  const [working, setWorking] = useState(false);
  const { application, user } = found;
  const isHere = accounts.some(
    (each) => each.application.access_id === application.access_id && each.user.username === user.username,
  );
  const bind = async (): Promise<void> => {
    if (working) return;
    if (name.trim() === '') return setTrouble('device_name');
    setWorking(true);
    setTrouble(undefined);
    try {
      onBound(await actions.bind(ticket, name.trim()));
    } catch (error) {
      setTrouble(codeOf(error) === 'invalid_request' ? 'device_name' : codeOf(error));
      setWorking(false);
    }
  };
  return (
    <form
      class="stack"
      onSubmit={(event) => {
        event.preventDefault();
        void bind();
      }}
    >
      <Whom found={found} />
      <p>{t('bind.check')}</p>
      {isHere ? <p class="quiet small">{t('bind.replaces')}</p> : null}
      <Field
        label={t('bind.device_name')}
        help={t('bind.device_name_help')}
        value={name}
        onInput={setName}
        maxLength={80}
      />
      {trouble === undefined ? null : <Problem code={trouble} />}
      <div class="actions-big actions">
        <Button type="submit" look="main" disabled={working}>
          {working ? t('bind.working') : t('bind.do')}
        </Button>
      </div>
    </form>
  );
}

function Whom({ found: { application, user } }: { readonly found: InspectedTicket }) {
  const { t } = useWords();
  return (
    <div class="card whom">
      <ApplicationPicture application={application} />
      <dl>
        <dt class="unseen">{t('bind.application')}</dt>
        <dd class="strong big">
          <bdi>{application.name}</bdi>
        </dd>
        <dt class="unseen">{t('bind.user')}</dt>
        <dd>
          <bdi>{user.full_name === '' ? user.username : `${user.full_name} (${user.username})`}</bdi>
        </dd>
      </dl>
    </div>
  );
}

/** A request took the screen: after it, there is nothing to bind any more. */
function goOn(): void {
  if (['bind', 'enrol'].includes(readRoute(location.hash).screen)) openInstead('accounts');
}

/** @param mustSetUp before the device can approve anything */
export function Bound({ account, mustSetUp }: { readonly account: Account; readonly mustSetUp: boolean }) {
  const { t } = useWords();
  const { application, user } = account;
  useEffect(() => goOn, []);
  return (
    <Screen title={t('bind.done')}>
      <div class="stack">
        <span class="outcome-sign outcome-good">
          <Icon name="check" />
        </span>
        <p class="centred">
          {t('bind.done_help', { application: application.name, username: user.username })}
        </p>
        {mustSetUp ? <VerificationCard account={account} /> : <Hints />}
        <a class={`button button-${mustSetUp ? 'plain' : 'main'}`} href={hrefOf('accounts')}>
          <span>{t('do.done')}</span>
        </a>
      </div>
    </Screen>
  );
}
