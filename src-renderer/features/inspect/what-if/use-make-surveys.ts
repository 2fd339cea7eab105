import { useEffect, useRef, useState } from 'react';
import type { Api } from '#shared/contract/transport.ts';
import { isLive, type RunSpec, type RunSummary } from '#shared/domain/run.ts';
import { surveySpec } from '#shared/metrics/what-if-series.ts';
import { useApi } from '../../../api/api-context.tsx';
import { useEngineStatus } from '../../../api/queries.ts';
import { toast } from '../../../ui/toaster.tsx';

interface SurveyMaker {
  /** surveys still to be made, the present one included; null: none are being made */
  readonly left: number | null;
  /** the engine does something else */
  readonly engineBusy: boolean;
  readonly make: (runs: readonly RunSummary[]) => void;
}

/** Makes surveys of runs, one after the other, beside the run that is open. Leaving the pane ends it after the present one. */
export function useMakeSurveys(): SurveyMaker {
  const api = useApi();
  const state = useEngineStatus()?.state;
  const [left, setLeft] = useState<number | null>(null);
  const mounted = useRef(true);
  useEffect(() => {
    mounted.current = true;
    return () => {
      mounted.current = false;
    };
  }, []);
  const make = async (runs: readonly RunSummary[]): Promise<void> => {
    try {
      for (const [i, { spec }] of runs.entries()) {
        if (!mounted.current) return;
        setLeft(runs.length - i);
        const end = await runToEnd(api, surveySpec(spec));
        if (end.status !== 'done') {
          toast.failure('The survey did not come to its end', new Error(end.reason ?? `It ${end.status}.`));
          return;
        }
      }
    } catch (error) {
      toast.failure('The survey could not be started', error);
    } finally {
      if (mounted.current) setLeft(null);
    }
  };
  return { left, engineBusy: state !== 'idle', make: (runs) => void make(runs) };
}

/** Starts a run and waits for its end. */
async function runToEnd(api: Api, spec: RunSpec): Promise<RunSummary> {
  const ended = new Map<string, RunSummary>();
  let wake: (() => void) | null = null;
  const off = api.on('run.summary', (summary) => {
    if (isLive(summary.status)) return;
    ended.set(summary.id, summary);
    wake?.();
  });
  try {
    const { runId } = await api.call('runs.start', { spec, step: false });
    for (;;) {
      const end = ended.get(runId);
      if (end !== undefined) return end;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  } finally {
    off();
  }
}
