import { useEffect, useRef } from 'react';
import { type Action, actionRegistry } from './registry.ts';

/**
 * Registers actions while the component is mounted. `run` and `when` may be new functions on every render: the latest
 * ones are used; ids and keys are those of the first render.
 */
export function useActions(actions: readonly Action[]): void {
  const latest = useRef(actions);
  useEffect(() => {
    latest.current = actions;
  });
  useEffect(() => {
    const current = (id: string) => latest.current.find((action) => action.id === id);
    return actionRegistry.register(
      latest.current.map((action) => ({
        ...action,
        when: () => {
          const now = current(action.id);
          return now !== undefined && (now.when?.() ?? true);
        },
        run: () => current(action.id)?.run(),
      })),
    );
  }, []);
}
