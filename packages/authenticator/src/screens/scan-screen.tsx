// Reads a QR code with the camera, which is asked for only here; or from a picture where there is no camera.
import { useEffect, useRef, useState } from 'preact/hooks';
import { Notice } from '@countersign/ui/parts/problem.tsx';
import { Screen } from '../parts/screen.tsx';
import { type CameraTrouble, readPicture, startScanning } from '../platform/camera.ts';
import { followText, type Understood } from '../state/actions.ts';
import { hrefOf } from '../state/route.ts';
import { useWords } from '../words/words.ts';
import { NotUnderstood } from './add-screen.tsx';

type Camera = 'starting' | 'running' | CameraTrouble;

export function ScanScreen() {
  const { t } = useWords();
  const video = useRef<HTMLVideoElement>(null);
  const [camera, setCamera] = useState<Camera>('starting');
  const [result, setResult] = useState<Understood | 'nothing_in_picture'>('done');
  useEffect(() => {
    const stop = new AbortController();
    if (video.current)
      void startScanning(video.current, {
        signal: stop.signal,
        running: () => setCamera('running'),
        failed: setCamera,
        // Goes on looking until a text leads somewhere.
        found: (text) => {
          const understood = followText(text);
          setResult(understood);
          return understood === 'done';
        },
      });
    return () => stop.abort();
  }, []);
  const choose = async (file: File | undefined): Promise<void> => {
    if (!file) return;
    const text = await readPicture(file).catch(() => undefined);
    setResult(text === undefined ? 'nothing_in_picture' : followText(text));
  };
  return (
    <Screen title={t('scan.title')} back={hrefOf('add')}>
      {camera === 'denied' || camera === 'none' ? (
        <Notice title={t(`scan.${camera}`)}>
          <p>{t(`scan.${camera}_help`)}</p>
        </Notice>
      ) : (
        <div class="viewfinder">
          <video ref={video} muted playsInline aria-label={t('scan.view')} />
          <span class="viewfinder-frame" aria-hidden="true" />
          <p role="status">{t(camera === 'starting' ? 'scan.starting' : 'scan.aim')}</p>
        </div>
      )}
      {result === 'nothing_in_picture' ? (
        <Notice title={t('scan.nothing_in_picture')} />
      ) : (
        <NotUnderstood result={result} />
      )}
      <div class="stack">
        <label class="button button-plain file">
          <span>{t('scan.picture')}</span>
          <input
            class="unseen"
            type="file"
            accept="image/*"
            onChange={({ currentTarget }) => void choose(currentTarget.files?.[0])}
          />
        </label>
        <a class="button button-quiet" href={hrefOf('add')}>
          <span>{t('scan.paste')}</span>
        </a>
      </div>
    </Screen>
  );
}
