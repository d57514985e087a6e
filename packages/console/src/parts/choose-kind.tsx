// The first step of a new thing of which there are several kinds: cards to choose from, then on to the form of that kind.
import { useMemo } from 'preact/hooks';
import { useWords } from '../words/words.ts';
import { Form } from './form.tsx';
import { fields } from './form-fields.ts';

interface Card<Kind extends string> {
  readonly value: Kind;
  readonly text: string;
  readonly help: string;
}

export function ChooseKind<const Kind extends string>({
  label,
  kinds,
  onChoose,
  onClose,
}: {
  readonly label: string;
  readonly kinds: readonly Card<Kind>[];
  readonly onChoose: (kind: Kind) => void;
  readonly onClose: () => void;
}) {
  const { t } = useWords();
  const declared = useMemo(
    () => fields({ kind: { kind: 'choice', look: 'cards', label, options: [...kinds] } }),
    // What is offered stays while it is open; the language may change.
    [t],
  );
  return (
    <Form
      fields={declared}
      submit={t('do.next')}
      onCancel={onClose}
      onSubmit={async ({ kind }) => onChoose(kind)}
    />
  );
}
