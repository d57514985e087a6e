// “Look a user up”: what the directory says of a person, why it would not let the person in, and who that is here.
import type { FoundUser, UserLookUpResult, UserSource } from '@countersign/contract/user-source-models.ts';
import type { ComponentChildren } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import { Notice } from '@countersign/ui/parts/problem.tsx';
import { call } from '../../api/call.ts';
import { Badge } from '../../parts/badge.tsx';
import { FactList } from '../../parts/fact-list.tsx';
import { Form } from '../../parts/form.tsx';
import { fields } from '../../parts/form-fields.ts';
import { Modal } from '../../parts/modal.tsx';
import { hrefOf } from '../../router/paths.ts';
import { useWords } from '../../words/words.ts';

export function LookUp({ source, onClose }: { readonly source: UserSource; readonly onClose: () => void }) {
  const { t } = useWords();
  const [found, setFound] = useState<UserLookUpResult>();
  const declared = useMemo(
    () =>
      fields({
        username: {
          kind: 'text',
          label: t('look_up.username'),
          hint: t('look_up.username_help'),
          max: 512,
          autocomplete: 'off',
        },
      }),
    [t],
  );
  return (
    <Modal title={t('look_up.title', { name: source.name })} onClose={onClose}>
      <div class="try">
        <Form
          fields={declared}
          submit={t('look_up.do')}
          onSubmit={async ({ username }) => {
            setFound(undefined);
            setFound(await call('lookUpInUserSource', { params: { id: source.id }, body: { username } }));
          }}
        />
        <div aria-live="polite">
          {found ? <Found found={found} application={source.application_id} /> : null}
        </div>
      </div>
    </Modal>
  );
}

/** So that a distinguished name or an address breaks between its parts. */
const inParts = (text: string): ComponentChildren =>
  text.split(/(?<=[,@])/).flatMap((part, index) => (index === 0 ? [part] : [<wbr key={index} />, part]));

/** Who that is here, or why a sync would make nobody. */
function Here({
  found: { user_id: userId, skip, held_by: heldBy },
  user: { enabled, guid },
  application,
}: {
  readonly found: UserLookUpResult;
  readonly user: FoundUser;
  readonly application: string;
}) {
  const { t } = useWords();
  const toUser = (user: string) => (
    <a href={hrefOf('user', { id: application, user })}>{t('look_up.to_user')}</a>
  );
  if (skip === 'disabled_there' || (skip === null && userId === null))
    return <>{t(enabled ? 'look_up.not_here' : 'look_up.disabled_makes_none')}</>;
  if (skip === null) return userId && toUser(userId);
  const isNamed = skip === 'name_of_another';
  return (
    <span class="stack-small">
      <span class="strong">{t('look_up.skipped')}</span>
      <span>{t(`sync_skip.${skip}`)}</span>
      {isNamed && guid !== '' ? <span>{t('look_up.take_over', { guid })}</span> : null}
      {isNamed && guid === '' ? <span>{t('sync_skip.name_of_another_do')}</span> : null}
      {heldBy === null ? null : toUser(heldBy)}
    </span>
  );
}

function Found({ found, application }: { readonly found: UserLookUpResult; readonly application: string }) {
  const { t } = useWords();
  const { result, user, reason, detail } = found;
  return (
    <>
      {result === 'found' ? null : (
        <Notice title={t(`look_up.${result}`)}>
          <p>
            <bdi>{reason === null ? detail : t(`source_refusal.${reason}`)}</bdi>
          </p>
        </Notice>
      )}
      {user ? (
        <FactList
          rows={[
            [t('look_up.name'), <bdi key="name">{user.username}</bdi>],
            [
              t('look_up.state'),
              <Badge key="state" tone={user.enabled ? 'good' : 'bad'}>
                {t(user.enabled ? 'look_up.enabled' : 'look_up.disabled')}
              </Badge>,
            ],
            [t('look_up.here'), <Here key="here" found={found} user={user} application={application} />],
            [t('source.attribute_full_name'), <bdi key="full">{user.full_name || '–'}</bdi>],
            [t('source.attribute_email'), <bdi key="email">{inParts(user.email || '–')}</bdi>],
            [t('source.attribute_phone'), <bdi key="phone">{user.phone || '–'}</bdi>],
            [t('look_up.teams'), <bdi key="teams">{user.teams.join(', ') || '–'}</bdi>],
            [
              t('look_up.dn'),
              <bdi key="dn" class="mono">
                {inParts(user.dn)}
              </bdi>,
            ],
            [
              t('source.attribute_guid'),
              <bdi key="guid" class="mono">
                {user.guid || '–'}
              </bdi>,
            ],
          ]}
        />
      ) : null}
    </>
  );
}
