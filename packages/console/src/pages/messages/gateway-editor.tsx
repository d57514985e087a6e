// The form of a gateway in a dialog from the side; a new one begins with its kind where there are several.
import { useMemo, useState } from 'preact/hooks';
import { refresh } from '../../api/query.ts';
import { mayCall } from '../../api/session.ts';
import { ChooseKind } from '../../parts/choose-kind.tsx';
import { Form } from '../../parts/form.tsx';
import { Modal } from '../../parts/modal.tsx';
import { toast } from '../../parts/toasts.tsx';
import { useWords } from '../../words/words.ts';
import type { Channel, Gateway, GatewayKind } from './channels.ts';
import { bodyOf, defaults, foldedFields, gatewayFields, shownOf } from './gateway-fields.ts';

interface EditorProps {
  readonly channel: Channel;
  readonly gateway: Gateway | 'new';
  readonly onClose: () => void;
  /** A new one is there. */
  readonly onCreated: (gateway: Gateway) => void;
}

export function GatewayEditor(props: EditorProps) {
  const { t } = useWords();
  const { channel, gateway, onClose } = props;
  const [only, ...others] = channel.kinds;
  const known = gateway === 'new' ? (others.length === 0 ? only : undefined) : gateway.kind;
  const [kind, setKind] = useState<GatewayKind | undefined>(known);
  return (
    <Modal title={gateway === 'new' ? t('gateways.create') : gateway.name} onClose={onClose} side>
      {kind === undefined ? (
        <ChooseKind
          label={t('gateway.kind')}
          kinds={channel.kinds.map((value) => ({
            value,
            text: t(`gateway.kind.${value}`),
            help: t(`gateway.kind.${value}_help`),
          }))}
          onChoose={setKind}
          onClose={onClose}
        />
      ) : (
        <Settings {...props} kind={kind} />
      )}
    </Modal>
  );
}

function Settings({
  channel,
  gateway,
  kind,
  onClose,
  onCreated,
}: EditorProps & { readonly kind: GatewayKind }) {
  const speech = useWords();
  const { t } = speech;
  const isNew = gateway === 'new';
  const hasPassword = !isNew && gateway.has_password;
  const declared = useMemo(
    () => gatewayFields(speech, { kind, isNew, hasPassword }),
    [speech, kind, isNew, hasPassword],
  );
  return (
    <Form
      fields={declared}
      values={isNew ? defaults[kind] : shownOf(gateway)}
      submit={t(isNew ? 'gateways.create_do' : 'do.save')}
      folded={{ title: t('gateways.more'), names: [...foldedFields[kind]] }}
      hide={({ content }) => (content === 'none' ? ['body'] : [])}
      faultAt={{ name_taken: 'name' }}
      onCancel={onClose}
      isEditing={!isNew}
      isReadOnly={!mayCall(channel.routes.change)}
      onSubmit={async (all, changes) => {
        if (isNew) {
          const created = await channel.create({ ...bodyOf(all), kind });
          toast(t('gateways.created', { name: created.name }));
          await refresh(channel.routes.list);
          onCreated(created);
          return;
        }
        await channel.change(gateway.id, bodyOf(changes));
        toast(t('form.saved'));
        onClose();
        await refresh(channel.routes.list);
      }}
    />
  );
}
