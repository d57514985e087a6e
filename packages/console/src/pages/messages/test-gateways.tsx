// A test: one message without a code, and what each gateway said that was asked.
import type { MessageTestResult } from '@countersign/contract/message-models.ts';
import { Icon } from '@countersign/ui/parts/icon.tsx';
import { Notice } from '@countersign/ui/parts/problem.tsx';
import { useMemo, useState } from 'preact/hooks';
import { refresh } from '../../api/query.ts';
import { Form } from '../../parts/form.tsx';
import { fields } from '../../parts/form-fields.ts';
import { Modal } from '../../parts/modal.tsx';
import { useWords } from '../../words/words.ts';
import type { Channel, Gateway } from './channels.ts';

/** @param gateway only this one; all in their order when absent, as for a code */
export function TestGateways({
  channel,
  gateway,
  onClose,
}: {
  readonly channel: Channel;
  readonly gateway: Gateway | undefined;
  readonly onClose: () => void;
}) {
  const { t } = useWords();
  const [result, setResult] = useState<MessageTestResult>();
  const { name } = channel;
  const declared = useMemo(
    () =>
      fields({
        to: {
          kind: 'text',
          type: name === 'sms' ? 'tel' : 'email',
          label: t(`channel.test_to.${name}`),
          hint: t(`channel.test_to_help.${name}`),
          max: 254,
          autocomplete: name === 'sms' ? 'tel' : 'email',
        },
      }),
    [t, name],
  );
  return (
    <Modal
      title={gateway ? t('gateways.test_one', { name: gateway.name }) : t('gateways.test_all')}
      onClose={onClose}
    >
      <div class="try">
        <p class="quiet">{t(gateway ? 'gateways.test_one_lead' : 'gateways.test_all_lead')}</p>
        <Form
          fields={declared}
          submit={t('gateways.test_do')}
          onSubmit={async ({ to }) => {
            setResult(undefined);
            try {
              setResult(await channel.test(to.replace(/\s/g, ''), gateway?.id));
            } finally {
              await refresh(channel.routes.list);
            }
          }}
        />
        <div class="try" aria-live="polite">
          {result ? <Result result={result} /> : null}
        </div>
      </div>
    </Modal>
  );
}

function Result({ result: { accepted, tried } }: { readonly result: MessageTestResult }) {
  const { t } = useWords();
  return (
    <>
      {accepted ? (
        <p class="strong">{t('gateways.test_accepted')}</p>
      ) : (
        <Notice title={t('gateways.test_failed')}>
          <p>{tried.length === 0 ? t('message_failure.no_gateway') : t('gateways.test_failed_help')}</p>
        </Notice>
      )}
      <ol class="login-steps" aria-label={t('gateways.test_tried')}>
        {tried.map(({ gateway_id: id, gateway, accepted: isGood, failure, detail }) => (
          <li key={id} class="login-step">
            <span class={isGood ? 'step-sign step-sign-done' : 'step-sign step-sign-bad'}>
              <Icon name={isGood ? 'check' : 'cross'} />
            </span>
            <span>
              <span class="strong">
                <bdi>{gateway}</bdi>
              </span>
              <span>{failure === null ? t('gateways.test_took') : t(`message_failure.${failure}`)}</span>
              {detail === '' ? null : <bdi class="quiet mono">{detail}</bdi>}
            </span>
          </li>
        ))}
      </ol>
    </>
  );
}
