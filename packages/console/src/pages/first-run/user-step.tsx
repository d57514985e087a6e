// Third step: the first user, whose password is kept here or checked by a RADIUS server that is there already.
import type { Application } from '@countersign/contract/models.ts';
import type { RadiusClient } from '@countersign/contract/radius-models.ts';
import type { ComponentChildren } from 'preact';
import { useMemo } from 'preact/hooks';
import { call } from '../../api/call.ts';
import { refresh } from '../../api/query.ts';
import { Form } from '../../parts/form.tsx';
import { fields } from '../../parts/form-fields.ts';
import { hrefOf } from '../../router/paths.ts';
import { openInstead } from '../../router/router.ts';
import { type Speech, useWords } from '../../words/words.ts';
import { homeServerDefaults, homeServerFields } from '../gateways/home-server-fields.ts';
import { minPassword } from '../users/user-fields.ts';
import type { Existing, Typed } from './first-run.ts';
import { StepDone } from './step-done.tsx';

const declare = (speech: Speech) => {
  const { t } = speech;
  return fields({
    username: {
      kind: 'text',
      label: t('user.username'),
      hint: t('user.username_help'),
      max: 255,
      placeholder: 'alice',
      autocomplete: 'off',
    },
    checks: {
      kind: 'choice',
      look: 'cards',
      label: t('first.checks'),
      options: (['here', 'home_server'] as const).map((value) => ({
        value,
        text: t(`first.checks.${value}`),
        help: t(`first.checks.${value}_help`),
      })),
    },
    password: {
      kind: 'password',
      label: t('user.password'),
      min: minPassword,
      max: 256,
      autocomplete: 'new-password',
    },
    ...homeServerFields(speech, true),
  });
};

const ofHomeServer = ['name', 'address', 'port', 'shared_secret'] as const;

export interface UserStepProps {
  readonly existing: Existing;
  readonly application: Application;
  readonly onTyped: (typed: Typed) => void;
  readonly onward: ComponentChildren;
}

export function UserStep({ existing: { user, client }, application, onTyped, onward }: UserStepProps) {
  const speech = useWords();
  const { t } = speech;
  const declared = useMemo(() => declare(speech), [speech]);
  if (user) return <StepDone text={t('first.user_done', { name: user.username })}>{onward}</StepDone>;
  // Without a client there is nothing that a home server could be given to.
  const without = client ? [] : ['checks' as const];
  return (
    <>
      <Form
        fields={declared}
        values={homeServerDefaults}
        submit={t('first.user_do')}
        faultAt={{ password_too_weak: 'password' }}
        hide={({ checks }) => [
          ...without,
          ...(checks === 'home_server' ? ['password' as const] : ofHomeServer),
        ]}
        onSubmit={async ({ username, checks, password, ...server }) => {
          const isHere = checks === 'here';
          if (!isHere && client) await giveHomeServer(client, server);
          const body = { application_id: application.id, username, ...(isHere ? { password } : {}) };
          await call('createUser', { body });
          onTyped({ username, password: isHere ? password : '' });
          await refresh('listUsers');
          openInstead(hrefOf('firstRun', {}, { application: application.id, step: 'phone' }));
        }}
      />
      <p class="quiet small">
        {t('first.directory')}{' '}
        <a href={hrefOf('userSources', { id: application.id })}>{t('first.directory_link')}</a>
      </p>
    </>
  );
}

interface Server {
  readonly name: string;
  readonly address: string;
  readonly port: number;
  readonly shared_secret: string;
}

/** Tried again after a fault further on, it must not be made a second time. */
async function giveHomeServer({ id }: RadiusClient, server: Server): Promise<void> {
  const { items } = await call('listHomeServers', { query: { limit: 200 } });
  const known = items.find(({ name }) => name === server.name);
  const made = known ?? (await call('createHomeServer', { body: server }));
  await call('changeRadiusClient', { params: { id }, body: { home_server_ids: [made.id] } });
  await refresh('listHomeServers', 'listRadiusClients');
}
