// Waits with what would take the page away, such as a new version, until the person is not in the middle of something.
import { type AppState, appState } from './app-state.ts';

/** A request and how it ended is to be read; a device that is being bound has keys that are kept nowhere yet. */
const isIdle = ({ requests, ticket, openid }: AppState): boolean =>
  requests.view.kind === 'none' && ticket === undefined && openid === undefined;

/** Runs it once: at once, or as soon as nothing is under way. */
export function whenIdle(run: () => void): void {
  if (isIdle(appState.get())) return run();
  const unfollow = appState.follow(() => {
    if (!isIdle(appState.get())) return;
    unfollow();
    run();
  });
}
