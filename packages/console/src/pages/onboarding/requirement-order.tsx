// The requirements of an application in order: put together here, and saved as a whole, since whoever is under way then begins anew.
import type { Application } from '@countersign/contract/models.ts';
import type { Requirements } from '@countersign/contract/onboarding-models.ts';
import {
  allRequirementKinds,
  requirementKinds,
  type RequirementKindName,
  type RequirementNeed,
  risksOf,
} from '@countersign/contract/requirement-kinds.ts';
import type { Requirement } from '@countersign/contract/requirements.ts';
import { Button } from '@countersign/ui/parts/button.tsx';
import { Notice } from '@countersign/ui/parts/problem.tsx';
import { codeOf } from '@countersign/ui/server-problem.ts';
import { useEffect, useId, useState } from 'preact/hooks';
import { call } from '../../api/call.ts';
import type { CallName } from '../../api/send.ts';
import { refresh } from '../../api/query.ts';
import { mayCall } from '../../api/session.ts';
import { Failure } from '../../parts/failure.tsx';
import { moved, OrderList } from '../../parts/order-list.tsx';
import { Section } from '../../parts/page.tsx';
import { toast } from '../../parts/toasts.tsx';
import { useAction } from '../../parts/use-action.ts';
import { LinkButton } from '../../parts/link-button.tsx';
import { hrefOf } from '../../router/paths.ts';
import { guardLeaving } from '../../router/router.ts';
import { useWords, type Word } from '../../words/words.ts';
import { Risk } from './risk.tsx';

interface Props {
  readonly application: Application;
  readonly requirements: Requirements;
}

const newRequirement = (kind: RequirementKindName): Requirement =>
  kind === 'sms' || kind === 'email_code' ? { kind, settings: { language: 'en' } } : { kind, settings: {} };

export function RequirementOrder(props: Props) {
  const { t } = useWords();
  const edit = useEdit(props);
  const { list, risks, isNameless, isAcknowledged, mustAcknowledge, change } = edit;
  const mayChange = mayCall('putRequirements');
  return (
    <Section title={t('requirements.order')} lead={t('requirements.order_lead')}>
      <List list={list} isReadOnly={!mayChange} onChange={change} />
      {mayChange ? <Add list={list} onAdd={(kind) => change([...list, newRequirement(kind)])} /> : null}
      {isNameless ? (
        <Notice title={t('requirements.nameless')}>
          <p>{t('requirements.nameless_help')}</p>
        </Notice>
      ) : null}
      <Unmeetable list={list} {...props} />
      {risks.map((code) => (
        <Risk
          key={code}
          text={t(`risk.${code}`)}
          isAsked={mustAcknowledge}
          isAcknowledged={isAcknowledged}
          onAcknowledge={edit.acknowledge}
        />
      ))}
      <Failure error={edit.save.error} />
      {edit.isDirty ? <Saving edit={edit} /> : null}
    </Section>
  );
}

interface Way {
  readonly to: (applicationId: string) => string;
  readonly text: Word;
  readonly call: CallName;
}

/** Where what a requirement needs is set up. */
const needs: Readonly<Record<RequirementNeed, Way>> = {
  simple_credentials: {
    to: (id) => hrefOf('userSources', { id }),
    text: 'sources.title',
    call: 'listUserSources',
  },
  sms: { to: () => hrefOf('sms'), text: 'sms.title', call: 'listSmsGateways' },
  email_code: { to: () => hrefOf('mail'), text: 'mail.title', call: 'listMailGateways' },
  openid_connect: {
    to: (id) => hrefOf('openidProviders', { id }),
    text: 'openid.title',
    call: 'listOpenidProviders',
  },
};

const isNeedy = (kind: RequirementKindName): kind is RequirementNeed => Object.hasOwn(needs, kind);

/** Said while it is put together, and for as long as it is so. */
function Unmeetable({
  list,
  application: { id },
  requirements: { unmeetable },
}: Props & { readonly list: readonly Requirement[] }) {
  const { t } = useWords();
  const kinds = unmeetable
    .map(({ kind }) => kind)
    .filter(isNeedy)
    .filter((kind) => list.some((each) => each.kind === kind));
  return (
    <>
      {kinds.map((kind) => (
        <Notice key={kind} title={t('requirements.unmeetable', { kind: t(`requirement.${kind}`) })}>
          <p>{t(`need.${kind}`)}</p>
          {mayCall(needs[kind].call) ? (
            <p class="notice-actions">
              <LinkButton href={needs[kind].to(id)}>{t(needs[kind].text)}</LinkButton>
            </p>
          ) : null}
        </Notice>
      ))}
    </>
  );
}

type Edit = ReturnType<typeof useEdit>;

/** What is put together and not saved yet. */
function useEdit({ application, requirements }: Props) {
  const { t } = useWords();
  const [edited, setEdited] = useState<readonly Requirement[]>();
  const [isAcknowledged, acknowledge] = useState(false);
  const list = edited ?? requirements.requirements;
  const isDirty = JSON.stringify(list) !== JSON.stringify(requirements.requirements);
  const [first] = list;
  const risks = risksOf(list, application.second_factor);
  const renew = (next: readonly Requirement[] | undefined): void => {
    setEdited(next);
    acknowledge(false);
  };
  const save = useAction(async () => {
    await call('putRequirements', {
      params: { id: application.id },
      body: { revision: requirements.revision, requirements: [...list], acknowledged: risks },
    });
    await refresh('getRequirements');
    renew(undefined);
    toast(t('form.saved'));
  });
  useUnsaved(isDirty);
  return {
    list,
    risks,
    isDirty,
    isNameless: first !== undefined && !requirementKinds[first.kind].identifies,
    isAcknowledged,
    acknowledge,
    mustAcknowledge: isDirty && risks.length > 0,
    save,
    change: (next: readonly Requirement[]): void => {
      save.dismiss();
      renew(next);
    },
    startOver: (): void => {
      renew(undefined);
      save.dismiss();
      void refresh('getRequirements');
    },
  };
}

function Saving({ edit }: { readonly edit: Edit }) {
  const { t } = useWords();
  const { save, list, isNameless, mustAcknowledge, isAcknowledged } = edit;
  const isOutdated = codeOf(save.error) === 'changed_meanwhile';
  const isReady = !isNameless && list.length > 0 && (!mustAcknowledge || isAcknowledged);
  return (
    <>
      <p class="quiet">{t('requirements.ends_open')}</p>
      <div class="form-actions">
        <Button onClick={edit.startOver}>
          {t(isOutdated ? 'requirements.read_again' : 'requirements.discard')}
        </Button>
        <Button look="main" disabled={save.isBusy || !isReady} onClick={() => void save.run()}>
          {t(save.isBusy ? 'do.saving' : 'do.save')}
        </Button>
      </div>
    </>
  );
}

function useUnsaved(isDirty: boolean): void {
  const { t } = useWords();
  const question = t('form.unsaved');
  useEffect(() => {
    if (!isDirty) return undefined;
    guardLeaving(() => confirm(question));
    return () => guardLeaving(undefined);
  }, [isDirty, question]);
}

interface ListProps {
  readonly list: readonly Requirement[];
  readonly isReadOnly: boolean;
  readonly onChange: (list: readonly Requirement[]) => void;
}

function List({ list, isReadOnly, onChange }: ListProps) {
  const { t } = useWords();
  return (
    <OrderList
      label={t('requirements.order')}
      items={list}
      isReadOnly={isReadOnly}
      keyOf={({ kind }) => kind}
      nameOf={({ kind }) => t(`requirement.${kind}`)}
      onMove={(from, to) => onChange(moved(list, from, to))}
      onRemove={({ kind }) => onChange(list.filter((each) => each.kind !== kind))}
    >
      {(requirement) => (
        <>
          <span class="strong">{t(`requirement.${requirement.kind}`)}</span>
          <span class="quiet">{t(`requirement.${requirement.kind}.help`)}</span>
          {requirement.kind === 'sms' || requirement.kind === 'email_code' ? (
            <TextLanguage
              chosen={requirement.settings.language}
              isReadOnly={isReadOnly}
              onChange={(language) =>
                onChange(
                  list.map((each) =>
                    each === requirement ? { ...requirement, settings: { language } } : each,
                  ),
                )
              }
            />
          ) : null}
        </>
      )}
    </OrderList>
  );
}

const textLanguages = [
  ['en', 'English'],
  ['de', 'Deutsch'],
] as const;
type TextLanguageName = (typeof textLanguages)[number][0];

function TextLanguage({
  chosen,
  isReadOnly,
  onChange,
}: {
  readonly chosen: TextLanguageName;
  readonly isReadOnly: boolean;
  readonly onChange: (language: TextLanguageName) => void;
}) {
  const { t } = useWords();
  const id = useId();
  return (
    <span class="requirement-setting">
      <label for={id}>{t('requirements.message_language')}</label>
      <select
        id={id}
        value={chosen}
        disabled={isReadOnly}
        onChange={({ currentTarget: { value } }) => onChange(value === 'de' ? 'de' : 'en')}
      >
        {textLanguages.map(([value, text]) => (
          <option key={value} value={value} selected={value === chosen}>
            {text}
          </option>
        ))}
      </select>
    </span>
  );
}

function Add({
  list,
  onAdd,
}: {
  readonly list: readonly Requirement[];
  readonly onAdd: (kind: RequirementKindName) => void;
}) {
  const { t } = useWords();
  const id = useId();
  const [given, setGiven] = useState('');
  const others = allRequirementKinds.filter((kind) => list.every((each) => each.kind !== kind));
  const chosen = others.find((kind) => kind === given) ?? others[0];
  if (chosen === undefined) return null;
  return (
    <div class="order-add">
      <p class="field">
        <label for={id}>{t('requirements.add_which')}</label>
        <select id={id} value={chosen} onChange={({ currentTarget: { value } }) => setGiven(value)}>
          {others.map((kind) => (
            <option key={kind} value={kind} selected={kind === chosen}>
              {t(`requirement.${kind}`)}
            </option>
          ))}
        </select>
      </p>
      <Button icon="plus" onClick={() => onAdd(chosen)}>
        {t('requirements.add')}
      </Button>
    </div>
  );
}
