/** The numbers of a bench: every configuration over all samples and by topic. */
import { type BenchPlan, cellOf, cellsInOrder, plainOf } from '#shared/domain/bench.ts';
import type { ReferenceAnswer } from '#shared/domain/reference.ts';
import type { Fingerprint } from '#shared/domain/run.ts';
import type { BootstrapOptions } from '#shared/metrics/bootstrap.ts';
import type { ObservedTurn } from '#shared/metrics/observation.ts';
import { type Summary, summarise } from '#shared/metrics/summary.ts';
import type { Bench } from '../storage/bench-store.ts';
import type { Catalogs } from '../workbench.ts';
import { observedTurns } from './observe.ts';

export interface BenchRow {
  /** null: all topics */
  readonly topic: string | null;
  /** index in the plan */
  readonly configuration: number;
  readonly summary: Summary;
}

export interface BenchReport {
  readonly version: 1;
  readonly bench: Pick<Bench, 'id' | 'name' | 'createdAt' | 'planHash'>;
  readonly plan: BenchPlan;
  /** cells of the shard */
  readonly total: number;
  readonly done: number;
  readonly failed: number;
  readonly bootstrap: BootstrapOptions;
  /** how the runs were made; several where a bench went over several machines or versions */
  readonly fingerprints: readonly Fingerprint[];
  readonly rows: readonly BenchRow[];
}

/** Computes the report from the recorded rounds of all runs that are done. */
export async function benchReport(
  bench: Bench,
  catalogs: Catalogs,
  bootstrap: BootstrapOptions,
): Promise<BenchReport> {
  const { plan, id, name, createdAt, planHash } = bench;
  const { storage } = catalogs;
  const runs = storage.benches.cells(id);
  const references = await referencesOf(plan, catalogs);
  const turns: ObservedTurn[][] = plan.configurations.map(() => []);
  const fingerprints = new Map<string, Fingerprint>();
  for (const [number, { runId, status }] of [...runs].sort(([a], [b]) => a - b)) {
    const run = status === 'done' ? storage.runs.open(runId) : null;
    if (run === null) continue;
    const { configuration, sampleId, repeat } = cellOf(plan, number);
    turns[configuration]?.push(...observedTurns(run, repeat, references.get(sampleId) ?? []));
    const { fingerprint } = run.summary;
    if (fingerprint !== null) fingerprints.set(JSON.stringify(machineOf(fingerprint)), fingerprint);
  }
  const states = [...runs.values()].map(({ status }) => status);
  return {
    version: 1,
    bench: { id, name, createdAt, planHash },
    plan,
    total: cellsInOrder(plan).length,
    done: states.filter((status) => status === 'done').length,
    failed: states.filter((status) => status === 'failed' || status === 'crashed').length,
    bootstrap,
    fingerprints: [...fingerprints.values()],
    rows: rowsOf(plan, turns, bootstrap),
  };
}

function rowsOf(plan: BenchPlan, turns: readonly ObservedTurn[][], bootstrap: BootstrapOptions): BenchRow[] {
  const topics = [...new Set(turns.flat().map(({ topic }) => topic))].sort();
  return [null, ...topics].flatMap((topic) => {
    const of = (configuration: number): ObservedTurn[] =>
      (turns[configuration] ?? []).filter((turn) => topic === null || turn.topic === topic);
    return [...plan.configurations.keys()].flatMap((configuration) => {
      const own = of(configuration);
      if (own.length === 0) return [];
      const plain = plainOf(plan, configuration);
      const baseline = plain === null || plain === configuration ? null : of(plain);
      const summary = summarise(own, baseline, { bootstrap, sampling: plan.sampling });
      return [{ topic, configuration, summary }];
    });
  });
}

/** What must be the same for numbers to be comparable; the draft and the files differ between methods. */
function machineOf({ draft: _, models: __, ...machine }: Fingerprint): unknown {
  return machine;
}

/** Reference answers by sample; none where the data set is gone or has changed. */
async function referencesOf(
  plan: BenchPlan,
  { dataSets }: Catalogs,
): Promise<ReadonlyMap<string, readonly ReferenceAnswer[]>> {
  try {
    const { answers, hash } = await dataSets.loaded(plan.dataSet.id);
    return hash === plan.dataSet.hash ? answers : new Map();
  } catch {
    return new Map();
  }
}
