// Texts to take along: a copy button, lines of code, and secrets that are shown once.
import { useEffect, useState } from 'preact/hooks';
import { Button } from '@countersign/ui/parts/button.tsx';
import { Icon } from '@countersign/ui/parts/icon.tsx';
import { useWords } from '../words/words.ts';

interface CopyButtonProps {
  readonly text: string;
  /** What is copied, for screen readers. */
  readonly label?: string;
  /** Of the button, where “Copy” beside other buttons does not say what; the label then says of which. */
  readonly words?: string;
}

/** Says for a moment that it was copied. */
export function CopyButton({ text, label, words }: CopyButtonProps) {
  const { t } = useWords();
  const [copies, setCopies] = useState(0);
  useEffect(() => {
    if (copies === 0) return undefined;
    const timer = setTimeout(() => setCopies(0), 2_000);
    return () => clearTimeout(timer);
  }, [copies]);
  const copy = async (): Promise<void> => {
    if (await copyText(text)) setCopies((count) => count + 1);
  };
  return (
    <Button
      icon={copies > 0 ? 'check' : 'copy'}
      onClick={() => void copy()}
      {...(label === undefined ? {} : { label: `${words ?? t('do.copy')}: ${label}` })}
    >
      <span aria-live="polite">{copies > 0 ? t('do.copied') : (words ?? t('do.copy'))}</span>
    </Button>
  );
}

/** @returns false when the browser did not let it: the text can be selected all the same */
export async function copyText(text: string): Promise<boolean> {
  try {
    // Browsers have it for https and for this very machine only.
    if (!navigator.clipboard) return copyByEvent(text);
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

/** As old browsers copied; over plain http the new ones still do. */
function copyByEvent(text: string): boolean {
  let isCopied = false;
  const give = (event: ClipboardEvent): void => {
    event.preventDefault();
    event.clipboardData?.setData('text/plain', text);
    isCopied = event.clipboardData !== null;
  };
  document.addEventListener('copy', give, { once: true, capture: true });
  document.execCommand('copy');
  document.removeEventListener('copy', give, { capture: true });
  return isCopied;
}

/** Lines for a terminal or a configuration file. */
export function CodeSnippet({ code, label }: { readonly code: string; readonly label: string }) {
  return (
    <figure class="snippet">
      <figcaption>
        <span>{label}</span>
        <CopyButton text={code} label={label} />
      </figcaption>
      {/* Focusable, so that the keyboard can scroll it. */}
      <pre tabIndex={0} role="region" aria-label={label}>
        <code>{code}</code>
      </pre>
    </figure>
  );
}

export interface SecretOnceProps {
  readonly label: string;
  /** A heading above it says the label already. */
  readonly isTitled?: boolean;
  readonly secret: string;
  /** Whoever opens it can use it: says so in other words. */
  readonly isLink?: boolean;
  /** Offers a file of this name. */
  readonly fileName?: string;
}

/** A secret or link that the server tells once: large, to be copied as a whole, or kept as a file. */
export function SecretOnce({ label, isTitled = false, secret, isLink = false, fileName }: SecretOnceProps) {
  const { t } = useWords();
  return (
    <div class="secret">
      {isTitled ? null : <p class="secret-label">{label}</p>}
      <output class="secret-text">{secret}</output>
      <p class="secret-note">
        <Icon name="warn" /> {t(isLink ? 'secret.once_link' : 'secret.once')}
      </p>
      <div class="secret-actions">
        <CopyButton text={secret} label={label} />
        {fileName === undefined ? null : (
          <Button icon="download" onClick={() => downloadText(fileName, `${secret}\n`)}>
            {t('do.download')}
          </Button>
        )}
      </div>
    </div>
  );
}

/** Hands a text to the browser as a file to keep. */
export function downloadText(fileName: string, text: string, type = 'text/plain'): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = fileName;
  link.click();
  URL.revokeObjectURL(url);
}
