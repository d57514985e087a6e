// Logo and background of an application, and how they look on a phone that asks. What is chosen is taken at once.
import {
  type ImageKind,
  imageKinds,
  imageTypes,
  maxImageBytes,
  maxImagePixels,
} from '@countersign/contract/images.ts';
import type { Application } from '@countersign/contract/models.ts';
import { useId, useState } from 'preact/hooks';
import { Button } from '@countersign/ui/parts/button.tsx';
import { Notice } from '@countersign/ui/parts/problem.tsx';
import { call } from '../../api/call.ts';
import { refresh } from '../../api/query.ts';
import { mayCall } from '../../api/session.ts';
import { Failure } from '../../parts/failure.tsx';
import { Section } from '../../parts/page.tsx';
import { toast } from '../../parts/toasts.tsx';
import { useAction } from '../../parts/use-action.ts';
import { useWords } from '../../words/words.ts';
import { PhonePreview } from './phone-preview.tsx';

export function ApplicationImages({ application }: { readonly application: Application }) {
  const { t } = useWords();
  return (
    <Section title={t('images.title')} lead={t('images.lead')}>
      <div class="images">
        <div class="images-choose">
          {imageKinds.map((kind) => (
            <Image key={kind} application={application} kind={kind} />
          ))}
        </div>
        <PhonePreview application={application} />
      </div>
    </Section>
  );
}

function Image({ application, kind }: { readonly application: Application; readonly kind: ImageKind }) {
  const { t } = useWords();
  const id = useId();
  const [fault, setFault] = useState<'type' | 'bytes'>();
  const params = { id: application.id, kind };
  const seeAnew = () => refresh('getApplication', 'listApplications');
  const put = useAction(async (file: File) => {
    await call('putApplicationImage', { params, file });
    await seeAnew();
    toast(t(`images.${kind}_set`));
  });
  const remove = useAction(async () => {
    await call('deleteApplicationImage', { params });
    await seeAnew();
    toast(t(`images.${kind}_removed`));
  });
  const choose = async (input: HTMLInputElement): Promise<void> => {
    const [file] = input.files ?? [];
    const wrong = file ? faultOf(file) : undefined;
    setFault(wrong);
    if (file && !wrong) await put.run(file);
    // The same file may be chosen again.
    input.value = '';
  };
  const isThere = application[kind] !== null;
  return (
    <div class="image-choice">
      <h3>{t(`images.${kind}`)}</h3>
      <p class="quiet small">{t(`images.${kind}_help`)}</p>
      {fault ? <Notice title={t(`images.wrong_${fault}`, limits)} /> : null}
      <Failure error={put.error ?? remove.error} />
      {mayCall('putApplicationImage') ? (
        <div class="image-actions">
          <span class={`file button button-plain${put.isBusy ? ' file-busy' : ''}`}>
            <label for={id}>{t(isThere ? 'images.replace' : 'images.choose')}</label>
            <input
              id={id}
              type="file"
              accept={imageTypes.join()}
              aria-label={t(`images.choose_${kind}`)}
              disabled={put.isBusy}
              onChange={({ currentTarget }) => void choose(currentTarget)}
            />
          </span>
          {isThere ? (
            <Button
              look="warn"
              disabled={remove.isBusy}
              label={t(`images.remove_${kind}`)}
              onClick={() => void remove.run()}
            >
              {t('images.remove')}
            </Button>
          ) : null}
        </div>
      ) : null}
    </div>
  );
}

const limits = { kib: maxImageBytes / 1024, pixels: maxImagePixels };

/** Said before anything is sent; the server looks at the bytes themselves. */
function faultOf({ type, size }: File): 'type' | 'bytes' | undefined {
  if (!(imageTypes as readonly string[]).includes(type)) return 'type';
  return size > maxImageBytes ? 'bytes' : undefined;
}
