// Light, dark or as the system: an attribute of the root element, which tokens.css follows.
import { remember, remembered } from './remembered.ts';

export const themes = ['system', 'light', 'dark'] as const;
export type Theme = (typeof themes)[number];

const kept = 'theme';

export const keptTheme = (): Theme =>
  themes.find((theme) => theme === remembered('localStorage', kept)) ?? 'system';

export function useKeptTheme(): void {
  const theme = keptTheme();
  if (theme === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme;
}

export function keepTheme(theme: Theme): void {
  remember('localStorage', kept, theme === 'system' ? undefined : theme);
  useKeptTheme();
}
