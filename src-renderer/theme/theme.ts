/** Light, dark or the system's choice; kept in localStorage and shown as `data-theme` on the root element. */
import { create } from 'zustand';

export const themeChoices = ['light', 'dark', 'system'] as const;
export type ThemeChoice = (typeof themeChoices)[number];
export type Theme = 'light' | 'dark';

const key = 'specula.theme';
const darkQuery = '(prefers-color-scheme: dark)';

/** The stored choice; anything else than a known one means the system's. */
export function parseChoice(stored: string | null): ThemeChoice {
  return themeChoices.find((choice) => choice === stored) ?? 'system';
}

export function resolveTheme(choice: ThemeChoice, systemDark: boolean): Theme {
  if (choice === 'system') return systemDark ? 'dark' : 'light';
  return choice;
}

interface ThemeState {
  readonly choice: ThemeChoice;
  readonly theme: Theme;
  readonly choose: (choice: ThemeChoice) => void;
}

/** `theme` changes when the choice or the system's preference does: charts that read tokens depend on it. */
export const useTheme = create<ThemeState>((set) => ({
  choice: 'system',
  theme: 'light',
  choose: (choice) => {
    localStorage.setItem(key, choice);
    set(apply(choice));
  },
}));

function apply(choice: ThemeChoice): { choice: ThemeChoice; theme: Theme } {
  const theme = resolveTheme(choice, matchMedia(darkQuery).matches);
  document.documentElement.dataset.theme = theme;
  return { choice, theme };
}

/** Applies the stored choice and follows the system. Called once, before the first render. */
export function startTheme(): void {
  useTheme.setState(apply(parseChoice(localStorage.getItem(key))));
  matchMedia(darkQuery).addEventListener('change', () => {
    useTheme.setState(apply(useTheme.getState().choice));
  });
}
