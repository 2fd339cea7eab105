import { create } from 'zustand';
import { type BreakCondition, type Breakpoint, breakpointsSchema } from '#shared/domain/breakpoint.ts';

const key = 'specula.inspect.breakpoints';
const paneKey = 'specula.inspect.debugger';

interface DebuggerState {
  readonly breakpoints: readonly Breakpoint[];
  /** the debugger's pane was shown last */
  readonly open: boolean;
  readonly add: (when: BreakCondition) => void;
  readonly change: (id: string, patch: Partial<Omit<Breakpoint, 'id'>>) => void;
  readonly remove: (id: string) => void;
  readonly remember: (open: boolean) => void;
}

/** Breakpoints from storage; what cannot be read is forgotten, never an error. */
export function parseBreakpoints(stored: string | null): readonly Breakpoint[] {
  try {
    return breakpointsSchema.parse(JSON.parse(stored ?? '[]'));
  } catch {
    return [];
  }
}

/** The breakpoints of all runs and whether the debugger is shown, remembered between visits. */
export const useBreakpoints = create<DebuggerState>((set) => {
  const write = (next: (now: readonly Breakpoint[]) => readonly Breakpoint[]): void =>
    set((state) => {
      const breakpoints = next(state.breakpoints);
      localStorage.setItem(key, JSON.stringify(breakpoints));
      return { breakpoints };
    });
  return {
    breakpoints: parseBreakpoints(localStorage.getItem(key)),
    open: localStorage.getItem(paneKey) === 'open',
    add: (when) => write((now) => [...now, { id: crypto.randomUUID(), on: true, when }]),
    change: (id, patch) => write((now) => now.map((b) => (b.id === id ? { ...b, ...patch } : b))),
    remove: (id) => write((now) => now.filter((b) => b.id !== id)),
    remember: (open) => {
      localStorage.setItem(paneKey, open ? 'open' : 'closed');
      set({ open });
    },
  };
});
