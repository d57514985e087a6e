// “Test connection”: the way to the directory, each step as soon as it is done.
import type { UserSource, UserSourceFinding } from '@countersign/contract/user-source-models.ts';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Button } from '@countersign/ui/parts/button.tsx';
import { Icon } from '@countersign/ui/parts/icon.tsx';
import { Notice } from '@countersign/ui/parts/problem.tsx';
import { callForLines } from '../../api/lines.ts';
import { Failure } from '../../parts/failure.tsx';
import { Modal } from '../../parts/modal.tsx';
import { useWords } from '../../words/words.ts';

type State = 'running' | 'passed' | 'failed' | 'broken';

function useConnectionTest(id: string) {
  const [findings, setFindings] = useState<readonly UserSourceFinding[]>([]);
  const [state, setState] = useState<State>('running');
  const [error, setError] = useState<unknown>();
  const leaving = useRef(new AbortController());
  const start = async (): Promise<void> => {
    setFindings([]);
    setError(undefined);
    setState('running');
    let last: UserSourceFinding | undefined;
    const { signal } = leaving.current;
    const tell = (finding: UserSourceFinding): void => {
      last = finding;
      setFindings((before) => [...before, finding]);
    };
    try {
      await callForLines('testUserSource', { id }, tell, signal);
      setState(last?.passed === true ? 'passed' : 'failed');
    } catch (thrown) {
      if (signal.aborted) return;
      setError(thrown);
      setState('broken');
    }
  };
  useEffect(() => {
    leaving.current = new AbortController();
    void start();
    return () => leaving.current.abort();
  }, [id]);
  return { findings, state, error, start };
}

export function TestConnection({
  source: { id, name },
  onClose,
}: {
  readonly source: UserSource;
  readonly onClose: () => void;
}) {
  const { t } = useWords();
  const { findings, state, error, start } = useConnectionTest(id);
  return (
    <Modal title={t('source_test.title', { name })} onClose={onClose}>
      <div class="try">
        <ol class="login-steps" aria-label={t('source_test.steps')} aria-live="polite">
          {findings.map((finding) => (
            <Step key={`${finding.step} ${finding.host}`} finding={finding} />
          ))}
          {state === 'running' ? (
            <li class="login-step login-step-open" aria-hidden="true">
              <span class="step-sign" />
              <span class="quiet">…</span>
            </li>
          ) : null}
        </ol>
        {state === 'passed' ? (
          <p role="status" class="strong">
            {t('source_test.passed')}
          </p>
        ) : null}
        {state === 'failed' ? (
          <Notice title={t('source_test.failed')}>
            <p>{t('source_test.failed_help')}</p>
          </Notice>
        ) : null}
        <Failure error={error} />
        {state === 'running' ? null : (
          <div class="form-actions">
            <Button icon="refresh" onClick={() => void start()}>
              {t('source_test.again')}
            </Button>
          </div>
        )}
      </div>
    </Modal>
  );
}

function Step({ finding: { step, host, passed, sentence, ms } }: { readonly finding: UserSourceFinding }) {
  const { t, language } = useWords();
  const time = new Intl.NumberFormat(language, { maximumFractionDigits: 0 });
  return (
    <li class="login-step">
      <span class={passed ? 'step-sign step-sign-done' : 'step-sign step-sign-bad'}>
        <Icon name={passed ? 'check' : 'cross'} />
      </span>
      <span>
        <span class="strong">
          {t(`source_step.${step}`)}
          {passed ? '' : ` – ${t('source_test.step_failed')}`}
        </span>
        <bdi class="quiet">{sentence}</bdi>
        <span class="quiet">
          {host === '' ? null : <bdi class="mono">{host} · </bdi>}
          {t('source_test.ms', { ms: time.format(ms) })}
        </span>
      </span>
    </li>
  );
}
