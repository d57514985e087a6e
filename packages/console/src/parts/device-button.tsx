// A button after which the browser asks for a passkey: says so, and lets whoever thinks better of it take it back.
import { Button } from '@countersign/ui/parts/button.tsx';
import { useWords } from '../words/words.ts';
import { Failure } from './failure.tsx';
import { useAction } from './use-action.ts';
import { useDevice } from './use-device.ts';

export interface DeviceButtonProps {
  readonly text: string;
  readonly look?: 'main' | 'plain';
  /** Hands the signal to the browser's part of it. */
  readonly onPress: (signal: AbortSignal) => Promise<unknown>;
}

export function DeviceButton({ text, look = 'main', onPress }: DeviceButtonProps) {
  const { t } = useWords();
  const device = useDevice();
  const action = useAction(() => device.ask(onPress));
  return (
    <>
      <Button look={look} icon="key" disabled={action.isBusy} onClick={() => void action.run()}>
        <span aria-live="polite">{action.isBusy ? t('passkey.confirm') : text}</span>
      </Button>
      {action.isBusy ? (
        <Button look="quiet" onClick={device.giveUp}>
          {t('do.cancel')}
        </Button>
      ) : null}
      <Failure error={action.error} />
    </>
  );
}
