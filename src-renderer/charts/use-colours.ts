import { useMemo } from 'react';
import { useTheme } from '../theme/theme.ts';
import './chart-colours.css';

/** Values of design tokens for drawing on a canvas, read again when the theme changes. `names` must be a constant. */
export function useColours<N extends string>(names: readonly N[]): Readonly<Record<N, string>> {
  const theme = useTheme((state) => state.theme);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the theme decides what the tokens resolve to
  return useMemo(() => {
    const style = getComputedStyle(document.documentElement);
    const entries = names.map((name) => [name, style.getPropertyValue(`--${name}`).trim()] as const);
    return Object.fromEntries(entries) as Record<N, string>;
  }, [names, theme]);
}
