/** `specula bench`: decodes a data set with many methods, records every run, and reports. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { cellsInOrder } from '#shared/domain/bench.ts';
import { type BootstrapOptions, defaultBootstrap } from '#shared/metrics/bootstrap.ts';
import { metricDefinitions } from '#shared/metrics/definitions.ts';
import { mmspecFiles } from '../bench/mmspec.ts';
import { benchReport } from '../bench/report.ts';
import { cellsLeft, runBench } from '../bench/run-bench.ts';
import { forkNodeEngine } from '../engine/host.ts';
import type { Bench } from '../storage/bench-store.ts';
import type { Catalogs } from '../workbench.ts';
import { benchCsv } from './bench-csv.ts';
import type { BenchOptions } from './bench-options.ts';
import { benchPlan } from './bench-plan.ts';
import { benchText } from './bench-report.ts';
import { exitCodes, UsageError } from './exit.ts';
import { Progress } from './progress.ts';
import { printable, type Terminal, table } from './terminal.ts';

export interface BenchCommandHost {
  readonly catalogs: Catalogs;
  readonly terminal: Terminal;
  /** registers what Ctrl+C does */
  readonly onInterrupt: (stop: () => void) => void;
  /** folder for notes about a crash */
  readonly home: string;
  readonly version: string;
}

export interface ReportOptions {
  readonly resamples: number;
  readonly json?: boolean;
  readonly csv?: boolean;
  readonly mmspec?: string;
}

/** Plans a bench and decodes it. */
export async function bench(options: BenchOptions, host: BenchCommandHost): Promise<number> {
  const { catalogs, terminal } = host;
  const { plan, name, planHash } = await benchPlan(options, catalogs);
  if (plan.configurations.some(({ projector }) => projector === null)) {
    terminal.err('Without a projector a target does not see the images. Give one with --projector.\n');
  }
  return await decode(catalogs.storage.benches.create(name, plan, planHash), options, host);
}

/** Goes on with a bench that was stopped or killed. */
export async function resumeBench(
  id: string,
  options: Pick<BenchOptions, 'resamples'>,
  host: BenchCommandHost,
): Promise<number> {
  return await decode(findBench(id, host.catalogs), options, host);
}

async function decode(
  own: Bench,
  { resamples }: Pick<BenchOptions, 'resamples'>,
  { catalogs, terminal, onInterrupt, home, version }: BenchCommandHost,
): Promise<number> {
  const interrupt = Promise.withResolvers<void>();
  onInterrupt(() => interrupt.resolve());
  const left = cellsLeft(own, catalogs).length;
  const done = cellsInOrder(own.plan).length - left;
  terminal.err(`Bench ${own.id}: ${left} runs${done > 0 ? `, ${done} are done already` : ''}\n`);
  const progress = new Progress(terminal, left, 'runs');
  const failures: string[] = [];
  const end = await runBench(own, {
    catalogs,
    forkEngine: forkNodeEngine,
    home,
    version,
    interrupted: interrupt.promise,
    onWaiting: (detail) => progress.waiting(detail),
    onDone: () => progress.done(),
    onFailure: ({ sampleId, configuration }, reason) => {
      failures.push(`Sample ${sampleId} with configuration ${configuration} failed: ${reason}\n`);
    },
  }).finally(() => progress.clear());
  terminal.out(benchText(await benchReport(own, catalogs, { ...defaultBootstrap, resamples })));
  for (const failure of failures) terminal.err(failure);
  if (end.interrupted) return exitCodes.interrupted;
  return end.failed === 0 ? exitCodes.ok : exitCodes.failure;
}

/** Prints the report of a bench as it is recorded so far. */
export async function reportBench(
  id: string,
  { resamples, json, csv, mmspec }: ReportOptions,
  { catalogs, terminal }: Pick<BenchCommandHost, 'catalogs' | 'terminal'>,
): Promise<void> {
  const own = findBench(id, catalogs);
  if (mmspec !== undefined) {
    for (const [file, content] of mmspecFiles(own, catalogs.storage)) {
      const path = join(mmspec, file);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, content);
      terminal.err(`${path}\n`);
    }
    if (!json && !csv) return;
  }
  const options: BootstrapOptions = { ...defaultBootstrap, resamples };
  const report = await benchReport(own, catalogs, options);
  if (json) terminal.out(`${JSON.stringify({ ...report, definitions: metricDefinitions }, null, 1)}\n`);
  else if (csv) terminal.out(benchCsv(report));
  else terminal.out(benchText(report));
}

export function listBenches(
  { catalogs: { storage }, terminal }: Pick<BenchCommandHost, 'catalogs' | 'terminal'>,
  { json }: { readonly json?: boolean },
): void {
  const benches = storage.benches.list().map(({ plan, ...own }) => {
    const total = cellsInOrder(plan).length;
    const statuses = [...storage.benches.cells(own.id).values()].map(({ status }) => status);
    return { ...own, plan, total, done: statuses.filter((status) => status === 'done').length };
  });
  if (json) {
    terminal.out(benches.map((own) => `${JSON.stringify(own)}\n`).join(''));
    return;
  }
  if (benches.length === 0) {
    terminal.out('No benches yet. Make one with "specula bench".\n');
    return;
  }
  const rows = benches.map(({ id, name, plan, total, done }) => [
    id,
    `${done} of ${total}`,
    plan.shard.of === 1 ? '-' : `${plan.shard.index}/${plan.shard.of}`,
    printable(plan.dataSet.name),
    printable(name),
  ]);
  terminal.out(table([['bench', 'runs', 'shard', 'data set', 'name'], ...rows]));
}

/** By its id, or the start of it. @throws UsageError */
export function findBench(id: string, { storage }: Pick<Catalogs, 'storage'>): Bench {
  const all = storage.benches.list();
  const found = id === 'last' ? all[0] : all.find((own) => own.id === id);
  if (found !== undefined) return found;
  const known = all.map((own) => own.id).join(', ') || 'none';
  throw new UsageError(`There is no bench ${id}. There are: ${known}.`);
}
