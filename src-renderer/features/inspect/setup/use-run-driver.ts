import type { EngineStatus } from '#shared/contract/status.ts';
import type { RunSpec, RunStatus } from '#shared/domain/run.ts';
import { useControlRun, useStartRun } from '../../../api/queries.ts';
import { toast } from '../../../ui/toaster.tsx';
import { useBreakpoints } from '../debugger/use-breakpoints.ts';
import { type Phase, phaseOf } from './phase.ts';

export interface RunDriver {
  readonly phase: Phase;
  /** id of the run that goes on, whether it is the one shown or not */
  readonly liveRun: string | null;
  readonly problems: readonly string[];
  readonly busy: boolean;
  readonly run: () => void;
  readonly step: () => void;
  /** pause or continue */
  readonly toggle: () => void;
  readonly stop: () => void;
}

interface Options {
  readonly status: EngineStatus | undefined;
  readonly shown: { id: string; status: RunStatus } | null;
  readonly spec: RunSpec | null;
  readonly problems: readonly string[];
  readonly onStarted: (runId: string) => void;
}

/** Starts and controls runs. Failures are shown as a message that says what to do. */
export function useRunDriver({ status, shown, spec, problems, onStarted }: Options): RunDriver {
  const start = useStartRun();
  const control = useControlRun();
  const phase = phaseOf(status, shown);
  const liveRun = phase === 'idle' ? null : (status?.runId ?? null);

  const begin = (step: boolean) => {
    if (spec === null || problems.length > 0 || start.isPending) return;
    start.mutate(
      { spec, step, breakpoints: [...useBreakpoints.getState().breakpoints] },
      {
        onSuccess: ({ runId }) => onStarted(runId),
        onError: (error) => toast.failure('The run could not be started', error),
      },
    );
  };
  const send = (action: 'pause' | 'continue' | 'step' | 'stop', what: string) => {
    if (liveRun === null) return;
    control.mutate({ runId: liveRun, action }, { onError: (error) => toast.failure(what, error) });
  };

  return {
    phase,
    liveRun,
    problems,
    busy: start.isPending || control.isPending,
    run: () => phase === 'idle' && begin(false),
    step: () => {
      if (phase === 'idle') begin(true);
      else if (phase === 'paused') send('step', 'The round could not be decoded');
    },
    toggle: () => {
      if (phase === 'running') send('pause', 'The run could not be paused');
      else if (phase === 'paused') send('continue', 'The run could not be continued');
    },
    stop: () => send('stop', 'The run could not be stopped'),
  };
}
