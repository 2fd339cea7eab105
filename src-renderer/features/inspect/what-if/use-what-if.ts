import { useQueries } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { Api } from '#shared/contract/transport.ts';
import { isLive, type RunSummary } from '#shared/domain/run.ts';
import { type Costs, type WhatIf, whatIf } from '#shared/metrics/what-if.ts';
import {
  costsOf,
  type RecordedRun,
  rootsOf,
  type Surveyed,
  sameAnswers,
} from '#shared/metrics/what-if-runs.ts';
import {
  type Pair,
  recordedRun,
  runFor,
  seriesOf,
  surveyFor,
  whatIfProblem,
} from '#shared/metrics/what-if-series.ts';
import { useApi } from '../../../api/api-context.tsx';
import { useRuns } from '../../../api/queries.ts';
import { keys } from '../../../api/query-keys.ts';
import type { RunView } from '../model/run-view.ts';

export type Scope = 'run' | 'data-set';

/** Points that the curve is drawn with. */
const curvePoints = 300;

export interface WhatIfState {
  /** why there is none; null when there is, or when it is being read */
  readonly problem: string | null;
  /** null while runs are read */
  readonly result: WhatIf | null;
  readonly costs: Costs | null;
  /** the runs it is computed from */
  readonly pairs: readonly Pair[];
  /** runs that have no survey yet, or one with another answer */
  readonly unsurveyed: readonly RunSummary[];
  /** runs of the whole data set that could be taken together */
  readonly series: number;
}

/** The what-if of the open run, or of all runs like it over its data set. */
export function useWhatIf(view: RunView, scope: Scope): WhatIfState {
  const api = useApi();
  const runs = useRuns().data;
  const { summary } = view;
  const problem = problemOf(summary);
  const series = useMemo(
    () => (runs === undefined || problem !== null ? [] : seriesOf(baseOf(summary, runs), runs)),
    [summary, runs, problem],
  );
  const pairs = useMemo((): readonly Pair[] => {
    if (runs === undefined || problem !== null) return [];
    if (scope === 'data-set') return series;
    const run = baseOf(summary, runs);
    return [{ run, survey: surveyFor(run, runs) }];
  }, [summary, runs, scope, series, problem]);
  const ids = [
    ...new Set(pairs.flatMap(({ run, survey }) => (survey === null ? [run.id] : [run.id, survey.id]))),
  ];
  const read = useQueries({
    queries: ids.map((id) => ({
      queryKey: keys.recorded(id),
      queryFn: () => readRun(api, id),
      // Ended runs do not change; hundreds of them are not kept once the pane is closed.
      gcTime: 60_000,
    })),
    combine: (results) => ({
      byId: new Map(results.flatMap(({ data }, i) => (data === undefined ? [] : [[ids[i] ?? '', data]]))),
      error: results.find(({ error }) => error !== null)?.error ?? null,
    }),
  });
  const surveyed = useMemo(() => together(pairs, read.byId), [pairs, read.byId]);
  const computed = useMemo(() => {
    if (surveyed === null) return null;
    const costs = costsOf(surveyed);
    return { costs, result: whatIf(surveyed.flatMap(rootsOf), costs, curvePoints) };
  }, [surveyed]);
  return {
    problem: problem ?? read.error?.message ?? null,
    result: computed?.result ?? null,
    costs: computed?.costs ?? null,
    pairs,
    unsurveyed:
      surveyed === null ? [] : pairs.flatMap(({ run }, i) => (isSurveyed(surveyed[i]) ? [] : [run])),
    series: series.length,
  };
}

/** A run that drafted: the open one, or the one that an open survey was made for. */
const baseOf = (summary: RunSummary, runs: readonly RunSummary[]): RunSummary =>
  summary.spec.gate.mode === 'survey' ? (runFor(summary, runs) ?? summary) : summary;

function problemOf(summary: RunSummary): string | null {
  if (isLive(summary.status)) return 'Open while the run goes on: a what-if needs the whole answer.';
  return whatIfProblem(summary);
}

async function readRun(api: Api, runId: string): Promise<RecordedRun> {
  return recordedRun(await api.call('runs.open', { runId }));
}

/** All runs with their surveys; null until all are read. */
function together(
  pairs: readonly Pair[],
  byId: ReadonlyMap<string, RecordedRun>,
): readonly Surveyed[] | null {
  const out: Surveyed[] = [];
  for (const { run, survey } of pairs) {
    const recorded = byId.get(run.id);
    const own = survey === null ? null : byId.get(survey.id);
    if (recorded === undefined || own === undefined) return null;
    out.push({ run: recorded, survey: own });
  }
  return out.length === 0 ? null : out;
}

/** Whether what a draft is worth is known at every token. */
function isSurveyed(pair: Surveyed | undefined): boolean {
  if (pair === undefined) return false;
  if (pair.run.gate === 'survey') return true;
  return pair.survey !== null && sameAnswers(pair.run, pair.survey);
}
