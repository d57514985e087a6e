// Binding this device by what an application requires: what that is, then one requirement after the other, then the device is bound.
import type { EnrolmentOffer } from '@countersign/contract/onboarding-device-models.ts';
import { useEffect, useState } from 'preact/hooks';
import { deviceNameFrom } from '@countersign/ui/device-name.ts';
import { Button } from '@countersign/ui/parts/button.tsx';
import { Skeleton } from '@countersign/ui/parts/facts.tsx';
import { Field } from '@countersign/ui/parts/field.tsx';
import { Notice, Problem } from '@countersign/ui/parts/problem.tsx';
import { codeOf } from '@countersign/ui/server-problem.ts';
import { readOffer } from '../device/enrol-device.ts';
import { ApplicationPicture } from '../parts/application-picture.tsx';
import { Screen } from '../parts/screen.tsx';
import { useActions } from '../parts/use-actions.ts';
import { mustInstallFirst } from '../platform/browser-state.ts';
import type { AppState } from '../state/app-state.ts';
import { hrefOf } from '../state/route.ts';
import type { Account, EnrolmentRecord } from '../storage/database.ts';
import { useWords } from '../words/words.ts';
import { Bound, InstallFirst } from './bind-screen.tsx';
import { kindWord } from './enrol-words.ts';
import { EnrolProcess } from './enrol-process.tsx';
import { isMissing } from './verification-card.tsx';

export function EnrolScreen({ state, accessId }: { readonly state: AppState; readonly accessId: string }) {
  const { t } = useWords();
  const [enrolment, setEnrolment] = useState(() =>
    state.enrolments.find((each) => each.accessId === accessId),
  );
  const [bound, setBound] = useState<Account>();
  const [anyway, setAnyway] = useState(false);
  const answer = state.openid?.accessId === accessId ? state.openid.answer : undefined;
  if (bound) return <Bound account={bound} mustSetUp={isMissing(state.verifications[bound.id])} />;
  return (
    <Screen title={t('bind.title')} back={hrefOf('accounts')}>
      {enrolment ? (
        <EnrolProcess
          enrolment={enrolment}
          ticket={state.ticket}
          answer={answer}
          onBound={setBound}
          onForgotten={() => setEnrolment(undefined)}
        />
      ) : answer ? (
        <Elsewhere />
      ) : mustInstallFirst() && !anyway ? (
        <InstallFirst fragment={`application=${accessId}`} onAnyway={() => setAnyway(true)} />
      ) : (
        <Offer accessId={accessId} onBegun={setEnrolment} />
      )}
    </Screen>
  );
}

/** The keys that began are in another browser: what came back is worth nothing here, and nobody can be bound by it. */
function Elsewhere() {
  const { t } = useWords();
  const actions = useActions();
  return (
    <Notice title={t('enrol.openid_elsewhere')}>
      <p>{t('enrol.openid_elsewhere_help')}</p>
      <p>
        <Button onClick={() => actions.forgetOpenid()}>{t('enrol.openid_elsewhere_go_on')}</Button>
      </p>
    </Notice>
  );
}

interface OfferProps {
  readonly accessId: string;
  readonly onBegun: (enrolment: EnrolmentRecord) => void;
}

function Offer({ accessId, onBegun }: OfferProps) {
  const { t } = useWords();
  const [offer, setOffer] = useState<EnrolmentOffer>();
  const [trouble, setTrouble] = useState<string>();
  const ask = (): void => {
    setTrouble(undefined);
    readOffer(accessId).then(setOffer, (error: unknown) => setTrouble(codeOf(error)));
  };
  useEffect(ask, [accessId]);
  if (trouble !== undefined)
    return (
      <div class="stack">
        <Problem
          code={trouble === 'not_found' || trouble === 'invalid_request' ? 'application_unknown' : trouble}
        />
        <Button onClick={ask}>{t('do.try_again')}</Button>
      </div>
    );
  if (!offer) return <Skeleton label={t('bind.looking')} />;
  return <Begin accessId={accessId} offer={offer} onBegun={onBegun} />;
}

function Begin({ accessId, offer, onBegun }: OfferProps & { readonly offer: EnrolmentOffer }) {
  const { t } = useWords();
  const actions = useActions();
  const [name, setName] = useState(() => deviceNameFrom(navigator.userAgent));
  const [trouble, setTrouble] = useState<string>();
  const begin = async (): Promise<void> => {
    if (name.trim() === '') return setTrouble('device_name');
    try {
      onBegun(await actions.beginEnrolment(accessId, name.trim()));
    } catch (error) {
      setTrouble(codeOf(error));
    }
  };
  return (
    <form
      class="stack"
      onSubmit={(event) => {
        event.preventDefault();
        void begin();
      }}
    >
      <div class="card whom">
        <ApplicationPicture application={offer.application} />
        <p class="strong big">
          <bdi>{offer.application.name}</bdi>
        </p>
      </div>
      <div>
        <h2>{t('enrol.required')}</h2>
        <ol class="enrol-list">
          {offer.requirements.map(({ kind }) => (
            <li key={kind}>{t(kindWord(kind))}</li>
          ))}
        </ol>
      </div>
      <Field
        label={t('bind.device_name')}
        help={t('bind.device_name_help')}
        value={name}
        onInput={setName}
        maxLength={80}
      />
      {trouble === undefined ? null : <Problem code={trouble} />}
      <div class="actions-big actions">
        <Button type="submit" look="main">
          {t('enrol.begin')}
        </Button>
      </div>
    </form>
  );
}
