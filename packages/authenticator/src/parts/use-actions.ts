// Hands the actions to every screen below.
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Actions } from '../state/actions.ts';

export const ActionsContext = createContext<Actions | undefined>(undefined);

export function useActions(): Actions {
  const actions = useContext(ActionsContext);
  if (!actions) throw new Error('no actions above this screen');
  return actions;
}
