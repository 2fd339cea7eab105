/**
 * Undo and redo of changes of the view: what is selected, filtered, coloured, how panes are divided.
 *
 * Not the browser's own history: there Back leads to the run or screen before, and a walk of a hundred tokens would have to
 * be walked back one by one before it does. Steps of a kind that follow each other fast are one.
 */
import { create } from 'zustand';

export interface ViewStep {
  /** kind of change; steps of one kind that follow fast are one */
  readonly what: string;
  /** milliseconds on any clock that only goes forward */
  readonly at: number;
  readonly undo: () => void;
  readonly redo: () => void;
}

export interface Steps {
  /** oldest first */
  readonly past: readonly ViewStep[];
  /** next one first */
  readonly future: readonly ViewStep[];
}

const noSteps: Steps = { past: [], future: [] };

/** Steps within this time of each other are one, so that a held key is undone at once. Milliseconds. */
const mergeMs = 800;
const mostSteps = 200;

/** What there is to undo after one more step; nothing can be redone then. */
export function withStep({ past }: Steps, step: ViewStep): Steps {
  const last = past.at(-1);
  const merges = last !== undefined && last.what === step.what && step.at - last.at < mergeMs;
  const next = merges
    ? [...past.slice(0, -1), { ...last, at: step.at, redo: step.redo }]
    : [...past, step].slice(-mostSteps);
  return { past: next, future: [] };
}

/** The state after an undo, and the step to be undone; null when there is none. */
export function undone({ past, future }: Steps): { readonly steps: Steps; readonly step: ViewStep } | null {
  const step = past.at(-1);
  if (step === undefined) return null;
  // Later steps must not become part of one that was undone and done again.
  const closed = { ...step, at: Number.NEGATIVE_INFINITY };
  return { steps: { past: past.slice(0, -1), future: [closed, ...future] }, step };
}

/** The state after a redo, and the step to be done again; null when there is none. */
export function redone({ past, future }: Steps): { readonly steps: Steps; readonly step: ViewStep } | null {
  const [step, ...rest] = future;
  return step === undefined ? null : { steps: { past: [...past, step], future: rest }, step };
}

interface History extends Steps {
  /** a step is being undone or done again: what changes by it is no new step */
  readonly moving: boolean;
  readonly record: (step: ViewStep) => void;
  readonly undo: () => void;
  readonly redo: () => void;
  readonly clear: () => void;
}

/** The window's view history. */
export const useViewHistory = create<History>((set, get) => {
  const move = (next: ReturnType<typeof undone>, act: (step: ViewStep) => void): void => {
    if (next === null) return;
    set({ ...next.steps, moving: true });
    act(next.step);
    set({ moving: false });
  };
  return {
    ...noSteps,
    moving: false,
    record: (step) => {
      if (!get().moving) set((now) => withStep(now, step));
    },
    undo: () => move(undone(get()), (step) => step.undo()),
    redo: () => move(redone(get()), (step) => step.redo()),
    clear: () => set(noSteps),
  };
});
