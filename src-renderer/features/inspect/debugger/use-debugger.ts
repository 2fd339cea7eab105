import { useEffect } from 'react';
import type { CallInput } from '#shared/contract/calls.ts';
import type { BreakHit, StopAt } from '#shared/domain/breakpoint.ts';
import { isLive } from '#shared/domain/run.ts';
import { useActions } from '../../../actions/use-actions.ts';
import { useApi } from '../../../api/api-context.tsx';
import { useBackRun, useEngineStatus, useForkRun, useRunTo } from '../../../api/queries.ts';
import { toast } from '../../../ui/toaster.tsx';
import type { RunView } from '../model/run-view.ts';
import { type Resolved, type Selected, stepToken } from '../model/selection.ts';
import type { RunDriver } from '../setup/use-run-driver.ts';
import { useBreakpoints } from './use-breakpoints.ts';
import { useDebuggerOpen } from './use-debugger-open.ts';

export type ForkRequest = Omit<CallInput<'runs.fork'>, 'parent' | 'breakpoints' | 'stopAt'> & {
  readonly stopAt?: StopAt | null;
};

/** What the debugger can do with the shown run now. */
export interface Debugger {
  readonly hit: BreakHit | null;
  /** the shown run waits */
  readonly paused: boolean;
  /** a fork can be made: the run waits or is over, and nothing else is decoded */
  readonly canFork: boolean;
  readonly canBack: boolean;
  readonly canRunTo: boolean;
  readonly busy: boolean;
  /** rounds of the run before its own */
  readonly shared: number;
  readonly rounds: number;
  readonly back: (rounds: number) => void;
  /** to the next comparison; from the last one on a paused run decodes a round */
  readonly stepToken: (by: 1 | -1) => void;
  readonly runTo: (stopAt: StopAt) => void;
  readonly fork: (request: ForkRequest) => void;
}

interface Options {
  readonly view: RunView | null;
  readonly at: Resolved | null;
  readonly driver: RunDriver;
  readonly onSelect: (selected: Selected) => void;
  readonly onShow: (runId: string) => void;
}

export function useDebugger({ view, at, driver, onSelect, onShow }: Options): Debugger {
  const status = useEngineStatus();
  const { breakpoints } = useBreakpoints();
  const { toggle } = useDebuggerOpen();
  const back = useBackRun();
  const runTo = useRunTo();
  const fork = useForkRun();
  const runId = view?.summary.id ?? null;
  const shown = view !== null && isLive(view.summary.status) && driver.liveRun === runId;
  const paused = shown && driver.phase === 'paused';
  const shared = view?.summary.fork?.round ?? 0;
  const rounds = view?.rounds.length ?? 0;
  useLiveBreakpoints(driver.liveRun);

  const canBack = paused && rounds > shared;
  const canFork = view !== null && !isLive(view.summary.status) ? driver.phase === 'idle' : paused;
  const canRunTo = paused || (canFork && at?.round != null);

  const make = (request: ForkRequest): void => {
    if (runId === null || fork.isPending) return;
    fork.mutate(
      { parent: runId, breakpoints: [...breakpoints], stopAt: null, ...request },
      {
        onSuccess: (made) => onShow(made.runId),
        onError: (error) => toast.failure('The fork could not be started', error),
      },
    );
  };
  const out: Debugger = {
    hit: shown ? (status?.hit ?? null) : null,
    paused,
    canFork,
    canBack,
    canRunTo,
    busy: driver.busy || back.isPending || fork.isPending || runTo.isPending,
    shared,
    rounds,
    back: (to) => {
      if (runId === null || !canBack) return;
      onSelect({});
      back.mutate(
        { runId, rounds: to },
        { onError: (error) => toast.failure('The round could not be taken back', error) },
      );
    },
    stepToken: (by) => {
      if (view === null || at === null) return;
      const next = stepToken(view, at, by);
      if (next !== null) onSelect(next);
      else if (by === 1 && paused) {
        // The first token of the round to come, as soon as it is there.
        onSelect({ token: view.tokens.length, round: view.rounds.length });
        driver.step();
      }
    },
    runTo: (stopAt) => {
      if (view === null || runId === null) return;
      if (paused) {
        onSelect({});
        const failed = (error: Error) => toast.failure('The run could not go on', error);
        runTo.mutate({ runId, stopAt }, { onError: failed });
        return;
      }
      // A run that is over is decoded again from its first own round on.
      make({ round: shared, step: false, change: {}, force: null, questions: [], stopAt });
    },
    fork: make,
  };

  useActions([
    {
      id: 'inspect.debugger',
      label: 'Show or hide the debugger',
      group: 'Debugger',
      keys: ['d'],
      run: toggle,
    },
    {
      id: 'inspect.step-token',
      label: 'Next comparison, then decode a round',
      group: 'Debugger',
      keys: ['s'],
      when: () => at?.token != null,
      run: () => out.stepToken(1),
    },
    {
      id: 'inspect.step-token-back',
      label: 'Comparison before',
      group: 'Debugger',
      keys: ['Shift+S'],
      when: () => at?.token != null,
      run: () => out.stepToken(-1),
    },
    {
      id: 'inspect.back',
      label: 'Take a round back',
      group: 'Debugger',
      keys: ['b'],
      when: () => canBack,
      run: () => out.back(rounds - 1),
    },
    {
      id: 'inspect.run-to',
      label: 'Run to the selected token',
      group: 'Debugger',
      keys: ['r'],
      when: () => canFork && !paused && at?.token != null,
      run: () => out.runTo({ kind: 'token', token: at?.token ?? 0 }),
    },
    {
      id: 'inspect.continue-here',
      label: 'Continue from the selected round as a fork',
      group: 'Debugger',
      keys: ['c'],
      when: () => canFork && at?.round != null,
      run: () => make({ round: (at?.round ?? 0) + 1, step: true, change: {}, force: null, questions: [] }),
    },
  ]);
  return out;
}

/** Tells a live run when the breakpoints change. */
function useLiveBreakpoints(liveRun: string | null): void {
  const api = useApi();
  useEffect(() => {
    if (liveRun === null) return;
    return useBreakpoints.subscribe(({ breakpoints }, before) => {
      if (breakpoints === before.breakpoints) return;
      api
        .call('runs.breakpoints', { runId: liveRun, breakpoints: [...breakpoints] })
        .catch((error: unknown) => toast.failure('The breakpoints were not taken over', error));
    });
  }, [api, liveRun]);
}
