// What would make the app better, one thing at a time: notifications first, then installing it.
import { useState } from 'preact/hooks';
import { pushState } from '../push/push.ts';
import { remember, remembered } from '@countersign/ui/remembered.ts';
import { useStore } from '@countersign/ui/store.ts';
import { InstallHint } from './install-hint.tsx';
import { PushHint } from './push-hint.tsx';

const kept = 'push-hint-closed';

export function Hints() {
  const push = useStore(pushState);
  const [isClosed, setClosed] = useState(() => remembered('sessionStorage', kept) !== undefined);
  const isOpen = push === 'off' || push === 'proving';
  if (!isOpen || isClosed) return <InstallHint />;
  const close = (): void => {
    remember('sessionStorage', kept, 'yes');
    setClosed(true);
  };
  return <PushHint onLater={close} />;
}
