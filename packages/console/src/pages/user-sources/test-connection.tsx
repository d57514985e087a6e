// “Test connection”: the way to the directory, each step as soon as it is done.
import type { UserSource, UserSourceFinding } from '@countersign/contract/user-source-models.ts';
import { refresh } from '../../api/query.ts';
import { StepwiseTest } from '../../parts/stepwise-test.tsx';
import { useWords } from '../../words/words.ts';
import { keepTest } from './last-tests.ts';

export function TestConnection({
  source,
  onClose,
  onSettings,
}: {
  readonly source: UserSource;
  readonly onClose: () => void;
  readonly onSettings: (failed: readonly string[]) => void;
}) {
  const { t } = useWords();
  const { id, name } = source;
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
      onEnd={(passed) => {
        keepTest(source, passed);
        // One that answers is silent no more.
        void refresh('listUserSources', 'listNotices');
      }}
    />
  );
}
