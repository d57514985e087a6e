// What the browser says about itself: installed or not, storage kept or not, online or not, a newer version waiting or not.
import { createStore } from '@countersign/ui/store.ts';
import { canVerify } from './user-verification.ts';

/** Chromium's event; not in the standard, so not in the types either. */
interface InstallPromptEvent extends Event {
  prompt(): Promise<{ readonly outcome: 'accepted' | 'dismissed' }>;
}

export interface BrowserState {
  readonly online: boolean;
  /** Runs in a window of its own. */
  readonly installed: boolean;
  /** The browser has promised not to clear what is stored; undefined where it cannot say. */
  readonly persisted: boolean | undefined;
  /** The device can verify who holds it; undefined until it is known. */
  readonly verifies: boolean | undefined;
  /** The browser offers to install. */
  readonly installPrompt: InstallPromptEvent | undefined;
  /** A newer version is waiting to take over. */
  readonly waiting: ServiceWorker | undefined;
}

const standalone = matchMedia('(display-mode: standalone)');

export const browserState = createStore<BrowserState>({
  online: navigator.onLine,
  installed: standalone.matches || ('standalone' in navigator && navigator.standalone === true),
  persisted: undefined,
  verifies: undefined,
  installPrompt: undefined,
  waiting: undefined,
});

const learn = (facts: Partial<BrowserState>): void =>
  browserState.change((state) => ({ ...state, ...facts }));

export function followBrowser(): void {
  addEventListener('online', () => learn({ online: true }));
  addEventListener('offline', () => learn({ online: false }));
  addEventListener('appinstalled', () => learn({ installed: true, installPrompt: undefined }));
  addEventListener('beforeinstallprompt', (event) => {
    event.preventDefault();
    learn({ installPrompt: event as InstallPromptEvent });
  });
  standalone.addEventListener('change', ({ matches }) => learn({ installed: matches }));
  void askPersisted();
  void canVerify().then((verifies) => learn({ verifies }));
}

async function askPersisted(): Promise<void> {
  learn({ persisted: await navigator.storage?.persisted?.().catch(() => undefined) });
}

/** Asks the browser to keep what is stored. The right moment is when there is something to lose. */
export async function keepStorage(): Promise<void> {
  learn({ persisted: await navigator.storage?.persist?.().catch(() => undefined) });
}

export async function install(): Promise<void> {
  const { installPrompt } = browserState.get();
  learn({ installPrompt: undefined });
  await installPrompt?.prompt();
}

/** iPadOS calls itself a Mac with a touch screen. */
export const isAppleMobile =
  /iPhone|iPad|iPod/.test(navigator.userAgent) ||
  (/Macintosh/.test(navigator.userAgent) && navigator.maxTouchPoints > 1);

/** On iPhone and iPad an installed app has a storage of its own: what was bound in the browser would not be there. */
export const mustInstallFirst = (): boolean => isAppleMobile && !browserState.get().installed;

/**
 * Registers the service worker; the app works without one too, only not offline.
 * @param whenIdle runs it when the person is not in the middle of something: another tab may have taken the new version.
 */
export async function registerServiceWorker(whenIdle: (run: () => void) => void): Promise<void> {
  if (!('serviceWorker' in navigator)) return;
  const hadController = navigator.serviceWorker.controller !== null;
  navigator.serviceWorker.addEventListener('controllerchange', () => {
    // The first one takes over without any change of version.
    if (hadController || browserState.get().waiting) whenIdle(() => location.reload());
  });
  const registration = await navigator.serviceWorker.register(serviceWorkerUrl(), { updateViaCache: 'none' });
  const tell = (worker: ServiceWorker | null): void => {
    if (worker?.state === 'installed' && navigator.serviceWorker.controller) learn({ waiting: worker });
  };
  tell(registration.waiting);
  registration.addEventListener('updatefound', () => {
    const worker = registration.installing;
    worker?.addEventListener('statechange', () => tell(worker));
  });
  // An app on a phone is seldom closed: it looks for a newer version whenever it is opened again.
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') void registration.update().catch(() => undefined);
  });
}

/** The new version takes over, and the page is loaded anew. */
export const updateNow = (): void => browserState.get().waiting?.postMessage('take over');

interface ScriptUrlPolicy {
  createScriptURL(url: string): string;
}
interface TrustedTypes {
  createPolicy(name: string, rules: ScriptUrlPolicy): ScriptUrlPolicy;
}

const serviceWorker = 'service-worker.js';

/** Trusted Types (enforced by the Content-Security-Policy where the browser knows them) let this one script address through, whatever is asked for. */
function serviceWorkerUrl(): string {
  const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypes };
  const policy = trustedTypes?.createPolicy('countersign', { createScriptURL: () => serviceWorker });
  return policy ? policy.createScriptURL('') : serviceWorker;
}
