import { useQuery } from '@tanstack/react-query';
import { create } from 'zustand';
import type { CallInput } from '#shared/contract/calls.ts';
import { defaultMethod, draftFileOf } from '#shared/domain/method.ts';
import type { ModelFile } from '#shared/domain/model.ts';
import type { RoundRecord } from '#shared/domain/round.ts';
import { useApi } from '../../../api/api-context.tsx';
import { useEngineStatus, useModels } from '../../../api/queries.ts';
import { keys } from '../../../api/query-keys.ts';
import { type RunView, specAt } from '../model/run-view.ts';
import { problemsOf, type Settings, settingsOf, withMethod } from '../setup/settings.ts';

type Choice = Pick<Settings, 'method' | 'draft' | 'draftProjector'>;

/** The other method and what it drafts with, for as long as the window is open. */
const useChoice = create<{ readonly choice: Choice; readonly choose: (choice: Choice) => void }>((set) => ({
  choice: { method: defaultMethod('pld'), draft: null, draftProjector: null },
  choose: (choice) => set({ choice }),
}));

export interface OtherDraft {
  /** names the round, the method and what it drafts with */
  readonly key: string;
  /** the run's settings with the other method */
  readonly settings: Settings;
  readonly files: readonly ModelFile[];
  readonly change: (patch: Partial<Settings>) => void;
  /** why nothing can be drafted now; null: it can */
  readonly problem: string | null;
  /** undefined: not drafted yet */
  readonly record: RoundRecord | undefined;
  readonly error: Error | null;
  readonly busy: boolean;
  readonly draft: () => void;
}

/** Another method's draft at a round of a run. It is made when asked for, and kept while the run is open. */
export function useOtherDraft(view: RunView, round: number): OtherDraft {
  const api = useApi();
  const models = useModels().data;
  const status = useEngineStatus();
  const { choice, choose } = useChoice();
  const files = models?.files ?? [];
  const sets = models?.sets ?? [];
  const runs = settingsOf(specAt(view, round));
  const offered = (wanted: Choice): Settings => {
    const settings = withMethod({ ...runs, ...wanted }, wanted.method, files, sets);
    if (draftFileOf(wanted.method) !== 'model' || settings.draft !== null) return settings;
    // One that the user took out comes back: without it there is nothing to see.
    const set = sets.find((one) => one.target === settings.target && one.draft !== null);
    return { ...settings, draft: set?.draft ?? null, draftProjector: set?.draftProjector ?? null };
  };
  const settings = offered(choice);
  const { method, draft, draftProjector } = settings;
  const input: CallInput<'runs.draftOnce'> = {
    runId: view.summary.id,
    round,
    method,
    draft: draftFileOf(method) === null ? null : draft,
    draftProjector: draftFileOf(method) === 'model' ? draftProjector : null,
  };
  const by = JSON.stringify([input.method, input.draft, input.draftProjector]);
  const query = useQuery({
    queryKey: keys.otherDraft(view.summary.id, round, by),
    queryFn: () => api.call('runs.draftOnce', input),
    // It takes the engine's time: only on demand.
    enabled: false,
    gcTime: Number.POSITIVE_INFINITY,
  });
  const ungated = { ...settings, gate: { ...settings.gate, mode: 'off' as const } };
  const problem =
    placeProblem(view, round) ??
    engineProblem(status?.runId ?? null, status?.state === 'unavailable' ? status.detail : null) ??
    (models === undefined ? 'The models are being read.' : (problemsOf(ungated, true, files)[0] ?? null));
  return {
    key: `${view.summary.id}/${round}/${by}`,
    settings,
    files,
    change: (patch) => choose({ ...settings, ...patch }),
    problem,
    record: query.data,
    error: query.error,
    busy: query.isFetching,
    draft: () => {
      if (problem === null && !query.isFetching) void query.refetch();
    },
  };
}

function placeProblem(view: RunView, round: number): string | null {
  return view.rounds[round]?.firstToken === 0
    ? 'This round is the prompt’s own row: nothing can be drafted before it. Choose a later round.'
    : null;
}

function engineProblem(liveRun: string | null, unavailable: string | null): string | null {
  if (unavailable !== null) return unavailable;
  return liveRun === null
    ? null
    : 'A run has the engine: stop it, or wait for its end, to draft beside this one.';
}
