import { useNavigate } from '@tanstack/react-router';
import type { Action } from '../actions/registry.ts';
import { type ThemeChoice, useTheme } from '../theme/theme.ts';
import { useLastSearch } from './last-search.ts';

const nextChoice: Readonly<Record<ThemeChoice, ThemeChoice>> = {
  light: 'dark',
  dark: 'system',
  system: 'light',
};

/** Actions of every screen. */
export function useGlobalActions(showShortcuts: () => void, showPalette: () => void): readonly Action[] {
  const navigate = useNavigate();
  return [
    {
      id: 'go.samples',
      label: 'Samples',
      group: 'Go to',
      keys: ['g s'],
      run: () => void navigate({ to: '/samples', search: useLastSearch.getState().samples }),
    },
    {
      id: 'go.inspect',
      label: 'Inspect',
      group: 'Go to',
      keys: ['g i'],
      run: () => void navigate({ to: '/inspect', search: useLastSearch.getState().inspect }),
    },
    {
      id: 'go.runs',
      label: 'Runs',
      group: 'Go to',
      keys: ['g r'],
      run: () => void navigate({ to: '/runs', search: useLastSearch.getState().runs }),
    },
    {
      id: 'window.theme',
      label: 'Next theme',
      group: 'Window',
      keys: ['t t'],
      run: () => {
        const { choice, choose } = useTheme.getState();
        choose(nextChoice[choice]);
      },
    },
    {
      id: 'window.palette',
      label: 'Command palette',
      group: 'Window',
      keys: ['$mod+k'],
      run: showPalette,
    },
    {
      id: 'window.shortcuts',
      label: 'Keyboard shortcuts',
      group: 'Window',
      keys: ['Shift+?'],
      run: showShortcuts,
    },
  ];
}
