/** Which recorded runs belong together in a what-if. */
import type { RunSpec, RunSummary, Turn } from '../domain/run.ts';
import type { RecordedRun } from './what-if-runs.ts';

/** The survey that makes a what-if of a run exact: the same in everything but the gate's mode. */
export function surveySpec(spec: RunSpec): RunSpec {
  return { ...spec, gate: { ...spec.gate, mode: 'survey' } };
}

/** Equal for runs of the same sample that differ in the gate's mode and threshold only. */
export function whatIfKey(spec: RunSpec): string {
  return JSON.stringify([spec.sampleId, seriesKey(spec)]);
}

/** Equal for runs that differ in sample, gate mode and threshold only. */
export function seriesKey({ sampleId: _sampleId, gate, ...spec }: RunSpec): string {
  return JSON.stringify([
    ...Object.entries(spec).sort(([a], [b]) => (a < b ? -1 : 1)),
    gate.layer ?? null,
    gate.heads ?? 'mean',
  ]);
}

/** Why no what-if can be made from a run; null when it can. */
export function whatIfProblem({ spec, fork }: Pick<RunSummary, 'spec' | 'fork'>): string | null {
  if (fork !== null)
    return 'A fork mixes rounds of two settings: make a run of its own with the settings of interest.';
  if (spec.method.name === 'ar') return 'Plain decoding drafts nothing, so there is nothing to skip.';
  if (spec.sampling.temperature > 0) {
    return 'Under sampling another gate would draw another answer, so nothing can be told from this one: use temperature 0.';
  }
  if (spec.capture.layers === 'none') {
    return 'The run has no scores, because no attention was captured: capture at least the score.';
  }
  return null;
}

/** A survey's own what-if leans on the newest whole run like it, whose rounds were really drafted; null: there is none. */
export function runFor(survey: RunSummary, all: readonly RunSummary[]): RunSummary | null {
  const key = whatIfKey(survey.spec);
  return newest(
    all.filter((run) => isWhole(run) && run.spec.gate.mode !== 'survey' && whatIfKey(run.spec) === key),
  );
}

export interface Pair {
  readonly run: RunSummary;
  /** null: none was made */
  readonly survey: RunSummary | null;
}

/** The newest whole survey for a run; null: none was made. */
export function surveyFor(run: RunSummary, all: readonly RunSummary[]): RunSummary | null {
  const key = whatIfKey(run.spec);
  return newest(all.filter((other) => isSurvey(other) && whatIfKey(other.spec) === key));
}

/**
 * The runs like this one over its data set, one per sample, each with its survey: the run itself, and of every other
 * sample the newest whole run, one without skips if there is any.
 */
export function seriesOf(run: RunSummary, all: readonly RunSummary[]): Pair[] {
  const key = seriesKey(run.spec);
  const bySample = new Map<string, RunSummary[]>();
  for (const other of all) {
    if (!isWhole(other) || other.spec.gate.mode === 'survey' || seriesKey(other.spec) !== key) continue;
    const { sampleId } = other.spec;
    bySample.set(sampleId, [...(bySample.get(sampleId) ?? []), other]);
  }
  bySample.set(run.spec.sampleId, [run]);
  return [...bySample.values()].flatMap((runs) => {
    const chosen = newest(runs.filter(({ totals }) => totals.skipped === 0)) ?? newest(runs);
    return chosen === null ? [] : [{ run: chosen, survey: surveyFor(chosen, all) }];
  });
}

const isWhole = ({ status, fork }: RunSummary): boolean => status === 'done' && fork === null;
const isSurvey = (run: RunSummary): boolean => isWhole(run) && run.spec.gate.mode === 'survey';

function newest(runs: readonly RunSummary[]): RunSummary | null {
  return runs.reduce<RunSummary | null>(
    (best, run) => (best === null || run.createdAt > best.createdAt ? run : best),
    null,
  );
}

/** A run as a what-if reads it. */
export function recordedRun(run: {
  readonly summary: Pick<RunSummary, 'spec'>;
  readonly turns: readonly Turn[];
  readonly rounds: RecordedRun['rounds'];
  readonly tokens: RecordedRun['tokens'];
}): RecordedRun {
  const { summary, turns, rounds, tokens } = run;
  return { gate: summary.spec.gate.mode, turns, rounds, tokens };
}
