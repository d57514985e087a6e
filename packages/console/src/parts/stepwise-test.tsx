// A test that the server does step by step, in a dialog: each step as soon as it is done.
import { useEffect, useRef, useState } from 'preact/hooks';
import type { ComponentChildren } from 'preact';
import { Button } from '@countersign/ui/parts/button.tsx';
import { Icon } from '@countersign/ui/parts/icon.tsx';
import { Notice } from '@countersign/ui/parts/problem.tsx';
import { showTime } from '@countersign/ui/words/words.ts';
import { callForLines, type LinesInput } from '../api/lines.ts';
import type { CallName } from '../api/send.ts';
import { useWords } from '../words/words.ts';
import { Failure } from './failure.tsx';
import { Modal } from './modal.tsx';

export interface Finding {
  readonly step: string;
  /** The server that it is about; empty where there is but one. */
  readonly host?: string;
  readonly passed: boolean;
  readonly sentence: string;
  readonly ms: number;
}
type State = 'running' | 'passed' | 'failed' | 'broken';

function useStepwise({ name, input, onEnd }: Pick<Props, 'name' | 'input' | 'onEnd'>) {
  const [findings, setFindings] = useState<readonly Finding[]>([]);
  const [state, setState] = useState<State>('running');
  const [error, setError] = useState<unknown>();
  const leaving = useRef(new AbortController());
  const start = async (): Promise<void> => {
    setFindings([]);
    setError(undefined);
    setState('running');
    let last: Finding | undefined;
    const { signal } = leaving.current;
    const tell = (finding: Finding): void => {
      last = finding;
      setFindings((before) => [...before, finding]);
    };
    try {
      await callForLines(name, input, tell, signal);
      const isPassed = last?.passed === true;
      setState(isPassed ? 'passed' : 'failed');
      onEnd?.(isPassed);
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
    // What is tested stays while the dialog is open.
  }, []);
  return { findings, state, error, start };
}

interface Props {
  readonly title: string;
  /** A route that answers line by line. */
  readonly name: CallName;
  readonly input: LinesInput;
  readonly titleOf: (step: string) => string;
  readonly onClose: () => void;
  /** To where what failed can be put right. @param failed the steps that did */
  readonly onSettings?: (failed: readonly string[]) => void;
  /** Went through to its end. */
  readonly onEnd?: (passed: boolean) => void;
  /** Below the steps, once all have passed. */
  readonly afterwards?: ComponentChildren;
}

export function StepwiseTest(props: Props) {
  const { title, titleOf, onClose, onSettings, afterwards } = props;
  const { t } = useWords();
  const { findings, state, error, start } = useStepwise(props);
  return (
    <Modal title={title} onClose={onClose}>
      <div class="try">
        <ol class="login-steps" aria-label={t('source_test.steps')} aria-live="polite">
          {findings.map((finding) => (
            <FoundStep
              key={`${finding.step} ${finding.host ?? ''}`}
              title={titleOf(finding.step)}
              finding={finding}
            />
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
        {state === 'passed' ? afterwards : null}
        {state === 'failed' ? (
          <Notice title={t('source_test.failed')}>
            <p>{t('source_test.failed_help')}</p>
          </Notice>
        ) : null}
        <Failure error={error} />
        {state === 'running' ? null : (
          <div class="form-actions">
            {state === 'failed' && onSettings ? (
              <Button
                icon="settings"
                onClick={() => onSettings(findings.filter(({ passed }) => !passed).map(({ step }) => step))}
              >
                {t('source_test.settings')}
              </Button>
            ) : null}
            <Button icon="refresh" onClick={() => void start()}>
              {t('source_test.again')}
            </Button>
          </div>
        )}
      </div>
    </Modal>
  );
}

export function FoundStep({
  title,
  finding: { host = '', passed, sentence, ms },
}: {
  readonly title: string;
  readonly finding: Finding;
}) {
  const { t, language } = useWords();
  const time = new Intl.NumberFormat(language, { maximumFractionDigits: 0 });
  return (
    <li class="login-step">
      <span class={passed ? 'step-sign step-sign-done' : 'step-sign step-sign-bad'}>
        <Icon name={passed ? 'check' : 'cross'} />
      </span>
      <span>
        <span class="strong">
          {title}
          {passed ? '' : ` – ${t('source_test.step_failed')}`}
        </span>
        <bdi class="quiet">{withLocalTimes(language, sentence)}</bdi>
        <span class="quiet">
          {host === '' ? null : <bdi class="mono">{host}</bdi>}
          {host === '' || ms < 1 ? null : ' · '}
          {ms < 1 ? null : t('source_test.ms', { ms: time.format(ms) })}
        </span>
      </span>
    </li>
  );
}

/** Moments in ISO 8601, as sentences of the server have them, in the way of the person. */
const withLocalTimes = (language: string, sentence: string): string =>
  sentence.replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g, (at) => showTime(language, Date.parse(at)));
