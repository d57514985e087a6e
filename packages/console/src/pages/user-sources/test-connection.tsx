// “Test connection”: the way to the directory, each step as soon as it is done.
import type { UserSource, UserSourceFinding } from '@countersign/contract/user-source-models.ts';
import { StepwiseTest } from '../../parts/stepwise-test.tsx';
import { useWords } from '../../words/words.ts';

export function TestConnection({
  source: { id, name },
  onClose,
  onSettings,
}: {
  readonly source: UserSource;
  readonly onClose: () => void;
  readonly onSettings: () => void;
}) {
  const { t } = useWords();
  return (
    <StepwiseTest
      title={t('source_test.title', { name })}
      name="testUserSource"
      input={{ params: { id } }}
      titleOf={(name) => {
        const step = name as UserSourceFinding['step'];
        return t(`source_step.${step}`);
      }}
      onClose={onClose}
      onSettings={onSettings}
    />
  );
}
