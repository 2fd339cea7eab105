import type { CaptureSpec } from '#shared/domain/capture.ts';
import { isLive } from '#shared/domain/run.ts';
import { useCaptureAgain, useControlRun, useEngineStatus } from '../../../api/queries.ts';
import { toast } from '../../../ui/toaster.tsx';
import type { RunView } from '../model/run-view.ts';

/** Reading the attention of a finished run again. */
export interface Recapture {
  /** why it cannot be done now, null: it can */
  readonly problem: string | null;
  readonly running: boolean;
  /** 0..1; null: not known yet */
  readonly progress: number | null;
  readonly start: (capture: CaptureSpec) => void;
  readonly stop: () => void;
}

export function useRecapture(view: RunView | null): Recapture {
  const capture = useCaptureAgain();
  const control = useControlRun();
  const status = useEngineStatus();
  const summary = view?.summary ?? null;
  const mine = status !== undefined && summary !== null && status.runId === summary.id;
  const running =
    summary !== null && !isLive(summary.status) && (capture.isPending || (mine && status.progress !== null));
  return {
    problem: problemOf(view, running, mine || status?.runId == null),
    running,
    progress: running && mine && status.state === 'running' ? status.progress : null,
    start: (spec) => {
      if (summary === null) return;
      capture.mutate(
        { runId: summary.id, capture: spec },
        {
          onSuccess: ({ status: end }) =>
            end === 'done'
              ? toast.success('The attention was read again and added to the run')
              : toast.info('Stopped: what was read until then is kept'),
          onError: (error) => toast.failure('The attention could not be read again', error),
        },
      );
    },
    stop: () => {
      if (summary === null) return;
      control.mutate(
        { runId: summary.id, action: 'stop' },
        { onError: (error) => toast.failure('Reading could not be stopped', error) },
      );
    },
  };
}

function problemOf(view: RunView | null, running: boolean, free: boolean): string | null {
  if (view === null) return 'No run is shown.';
  if (isLive(view.summary.status)) return 'The run is still going on: wait for its end, or stop it.';
  if (view.rounds.length === 0) return 'The run has no rounds that could be evaluated again.';
  return running || free ? null : 'The engine decodes another run: wait for its end, or stop it.';
}
