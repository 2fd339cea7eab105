import type { Action } from '../../actions/registry.ts';
import { useActions } from '../../actions/use-actions.ts';
import type { RunView } from './model/run-view.ts';
import { type Resolved, type Selected, stepRound, stepToken } from './model/selection.ts';
import type { RunDriver } from './setup/use-run-driver.ts';

interface Options {
  readonly driver: RunDriver;
  readonly view: RunView | null;
  readonly at: Resolved | null;
  readonly onSelect: (selected: Selected) => void;
}

/** Shortcuts of the screen: runs, and steps through tokens and rounds. */
export function useInspectKeys({ driver, view, at, onSelect }: Options): void {
  const has = view !== null && at !== null && at.round !== null;
  const go = (next: Selected | null | undefined) => {
    if (next != null) onSelect(next);
  };
  const token = (by: number) => () => go(has ? stepToken(view, at, by) : null);
  const round = (by: number) => () => go(has ? stepRound(view, at, by) : null);
  const idle = driver.phase === 'idle';
  const walk = (id: string, label: string, keys: readonly string[], run: () => void): Action => ({
    id: `inspect.${id}`,
    label,
    group: 'Inspect',
    keys,
    when: () => has,
    run,
  });
  useActions([
    {
      id: 'inspect.run',
      label: 'Run',
      group: 'Run',
      keys: ['$mod+Enter'],
      when: () => idle && driver.problems.length === 0,
      run: driver.run,
    },
    {
      id: 'inspect.step',
      label: 'Decode one round',
      group: 'Run',
      keys: ['n'],
      when: () => driver.phase === 'paused' || (idle && driver.problems.length === 0),
      run: driver.step,
    },
    {
      id: 'inspect.pause',
      label: 'Pause or continue',
      group: 'Run',
      keys: ['p'],
      when: () => !idle,
      run: driver.toggle,
    },
    { id: 'inspect.stop', label: 'Stop', group: 'Run', keys: ['x'], when: () => !idle, run: driver.stop },
    walk('previous-token', 'Previous token', ['ArrowLeft'], token(-1)),
    walk('next-token', 'Next token', ['ArrowRight'], token(1)),
    walk('previous-round', 'Previous round', ['ArrowUp', '['], round(-1)),
    walk('next-round', 'Next round', ['ArrowDown', ']'], round(1)),
    walk('first-round', 'First round', ['Home'], () => onSelect({ round: 0 })),
    walk('newest-round', 'Follow the newest round', ['End'], () => onSelect({})),
  ]);
}
