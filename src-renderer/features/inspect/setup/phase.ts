import type { EngineStatus } from '#shared/contract/status.ts';
import type { RunStatus } from '#shared/domain/run.ts';

/** What the buttons can do: nothing runs, a run decodes (or loads), a run waits. */
export type Phase = 'idle' | 'running' | 'paused';

/** The phase from the engine's state; the shown run's own status decides where the engine's lags behind. */
export function phaseOf(
  status: EngineStatus | undefined,
  shown: { id: string; status: RunStatus } | null,
): Phase {
  if (status === undefined || status.runId === null) return 'idle';
  if (shown !== null && shown.id === status.runId) {
    if (shown.status === 'paused') return 'paused';
    if (shown.status === 'running') return 'running';
    return 'idle';
  }
  return status.state === 'paused' ? 'paused' : 'running';
}
