/** Decodes what is left of a bench, cell by cell. Killed at any moment it goes on where it was: see `BenchStore.begin`. */
import { type BenchPlan, type Cell, cellsInOrder, specOf } from '#shared/domain/bench.ts';
import type { Sample } from '#shared/domain/sample.ts';
import type { EngineJob } from '../engine/client.ts';
import type { ForkEngine } from '../engine/host.ts';
import { errorMessage } from '../errors.ts';
import { decodeImage } from '../images/pixels.ts';
import { ExpectedError } from '../rpc/expected.ts';
import type { Bench } from '../storage/bench-store.ts';
import type { Catalogs } from '../workbench.ts';
import { Decoder } from './decoder.ts';

export interface BenchHost {
  readonly catalogs: Catalogs;
  readonly forkEngine: ForkEngine;
  readonly home: string;
  readonly version: string;
  readonly onWaiting: (detail: string) => void;
  /** a cell was decoded; failed ones too */
  readonly onDone: () => void;
  readonly onFailure: (cell: Cell, reason: string) => void;
  /** resolves when the user wants no more */
  readonly interrupted: Promise<void>;
}

export interface BenchEnd {
  readonly interrupted: boolean;
  readonly failed: number;
}

/** After this many failures in a row the rest would fail too. */
const mostFailures = 3;
const warmUpTokens = 32;

/** The cells of the shard that have no run that is done, in their order. */
export function cellsLeft(bench: Bench, { storage }: Pick<Catalogs, 'storage'>): readonly Cell[] {
  const runs = storage.benches.cells(bench.id);
  return cellsInOrder(bench.plan).filter(({ number }) => runs.get(number)?.status !== 'done');
}

/**
 * Decodes the cells that are left. A cell that fails is told and the others go on.
 * @throws ExpectedError when the files are not those of the plan any more, or nothing works
 */
export async function runBench(bench: Bench, host: BenchHost): Promise<BenchEnd> {
  const { storage } = host.catalogs;
  storage.runs.markCrashed();
  storage.benches.take(bench.id);
  const decoder = new Decoder({ ...host, runs: storage.runs });
  let why = 'the bench ended';
  let stopped = false;
  const interrupted = host.interrupted.then(() => {
    stopped = true;
  });
  try {
    const failed = await Promise.race([decodeAll(bench, host, decoder, () => stopped), interrupted]);
    if (stopped) why = 'stopped by the user';
    return { interrupted: stopped, failed: failed ?? 0 };
  } finally {
    await decoder.dispose(why);
    storage.benches.release(bench.id);
  }
}

/** The number of cells that failed. */
async function decodeAll(
  bench: Bench,
  host: BenchHost,
  decoder: Decoder,
  stopped: () => boolean,
): Promise<number> {
  const { plan } = bench;
  const jobs = new Jobs(plan, host.catalogs);
  await jobs.check();
  let target: string | null = null;
  let failed = 0;
  let inARow = 0;
  for (const cell of cellsLeft(bench, host.catalogs)) {
    const spec = specOf(plan, cell);
    if (spec.target !== target) {
      target = spec.target;
      await warmUp(plan, target, jobs, decoder);
    }
    const job = await jobs.of(cell).catch((error: unknown) => errorMessage(error));
    // Nobody waits for this loop any more, and the runs of cells must stay as they are.
    if (stopped()) return failed;
    const reason = typeof job === 'string' ? job : await decodeCell(bench, cell, host, job, decoder);
    host.onDone();
    inARow = reason === null ? 0 : inARow + 1;
    if (reason === null) continue;
    failed++;
    host.onFailure(cell, reason);
    if (inARow === mostFailures) {
      throw new ExpectedError(
        `Bench ${bench.id} was ended after ${mostFailures} runs in a row failed, the last one with: ${reason}\nRepair that, then go on with "specula bench resume ${bench.id}".`,
      );
    }
  }
  return failed;
}

/** Why the cell failed; null: it is done. */
async function decodeCell(
  { id }: Bench,
  cell: Cell,
  { catalogs }: BenchHost,
  job: Job,
  decoder: Decoder,
): Promise<string | null> {
  try {
    const writer = catalogs.storage.benches.begin(id, cell.number, job.spec, job.sample);
    const end = await decoder.decode(job, writer);
    return end.status === 'done' ? null : (end.reason ?? `the run ${end.status}`);
  } catch (error) {
    return errorMessage(error);
  }
}

/** Every configuration of a target on the shard's first sample, not recorded: a machine is slower at first. */
async function warmUp(plan: BenchPlan, target: string, jobs: Jobs, decoder: Decoder): Promise<void> {
  const cells = cellsInOrder({ ...plan, repeats: 1, samples: plan.samples.slice(0, plan.shard.of) });
  for (let time = 0; time < plan.warmUp; time++) {
    for (const cell of cells) {
      if (plan.configurations[cell.configuration]?.target !== target) continue;
      const job = await jobs.of(cell);
      const spec = { ...job.spec, maxTokens: Math.min(job.spec.maxTokens, warmUpTokens) };
      // What fails here fails, and is told, where it is measured.
      await decoder.decode({ ...job, spec }, null);
    }
  }
}

type Job = Omit<EngineJob, 'runId'>;

/** Makes the engine's jobs of cells. */
class Jobs {
  readonly #plan: BenchPlan;
  readonly #catalogs: Catalogs;
  readonly #resolved = new Map<number, Pick<EngineJob, 'files' | 'hashes'>>();
  /** the picture of the sample that was asked for last */
  #last: { readonly sample: Sample; readonly image: EngineJob['image'] } | null = null;

  constructor(plan: BenchPlan, catalogs: Catalogs) {
    this.#plan = plan;
    this.#catalogs = catalogs;
  }

  /** @throws ExpectedError when the data set or a model is not that of the plan any more */
  async check(): Promise<void> {
    const { dataSet, configurations, models } = this.#plan;
    const { hash } = await this.#catalogs.dataSets.loaded(dataSet.id);
    if (hash !== dataSet.hash) {
      throw new ExpectedError(
        `The data set ${dataSet.name} has changed since the bench was planned: its numbers would not be comparable. Start a new bench.`,
      );
    }
    for (const index of configurations.keys()) {
      const resolved = await this.#catalogs.models.resolve(this.#spec(index));
      this.#resolved.set(index, resolved);
    }
    for (const [id, sha256] of await modelHashes(this.#plan, this.#catalogs)) {
      if (models[id] === sha256) continue;
      throw new ExpectedError(
        `The model ${id} has changed since the bench was planned: its numbers would not be comparable. Start a new bench.`,
      );
    }
  }

  async of(cell: Cell): Promise<Job> {
    const spec = specOf(this.#plan, cell);
    const resolved = this.#resolved.get(cell.configuration);
    if (resolved === undefined) throw new Error(`configuration ${cell.configuration} was not checked`);
    if (this.#last?.sample.id !== cell.sampleId) {
      const { dataSets } = this.#catalogs;
      const sample = await dataSets.sample(spec.dataSetId, cell.sampleId);
      const image = await decodeImage(await dataSets.imageFile(spec.dataSetId, sample));
      this.#last = { sample, image };
    }
    return { spec, ...this.#last, ...resolved, startPaused: false, keepDrafts: true };
  }

  #spec(configuration: number) {
    return specOf(this.#plan, { number: 0, repeat: 0, sampleId: '', configuration });
  }
}

/** SHA-256 of the model files that the configurations name, by id. @throws ExpectedError for a model that cannot be used */
export async function modelHashes(
  plan: BenchPlan,
  { models }: Pick<Catalogs, 'models'>,
): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for (const [index, configuration] of plan.configurations.entries()) {
    const spec = specOf(plan, { number: 0, repeat: 0, sampleId: '', configuration: index });
    const { files, hashes } = await models.resolve(spec);
    for (const role of ['target', 'projector', 'draft', 'draftProjector'] as const) {
      const id = configuration[role];
      const file = role === 'draft' ? (files.draft ?? files.head) : files[role];
      if (id !== null && file !== null) found.set(id, hashes[file] ?? '');
    }
  }
  return found;
}
