/** `specula import`: result files of MMSpec become runs, as far as they tell. */
import { readFileSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { autoEngine, greedy, type RunTotals } from '#shared/domain/run.ts';
import type { Sample } from '#shared/domain/sample.ts';
import { type ReadLine, readLines } from '#shared/formats/mmspec/lines.ts';
import { fromMmspec } from '#shared/formats/mmspec/methods.ts';
import { mmspecMethods, quirks, quirksOf, type ResultTurn, turnsOf } from '#shared/formats/mmspec/quirks.ts';
import { type Choice, parseFileName } from '#shared/formats/mmspec/record.ts';
import { emptyTotals } from '#shared/metrics/totals.ts';
import { errorMessage } from '../errors.ts';
import type { ImportedRun } from '../storage/import-store.ts';
import type { Catalogs } from '../workbench.ts';
import { exitCodes, UsageError } from './exit.ts';
import { printable, type Terminal } from './terminal.ts';

export interface ImportOptions {
  /** data set that the samples are of, so that their questions and pictures are known */
  readonly dataSet?: string;
  /** name of the model that answered */
  readonly target?: string;
}

interface ResultFile {
  readonly path: string;
  readonly method: string;
  readonly temperature: number;
  readonly target: string;
  readonly lines: readonly ReadLine[];
}

/** All files or none: a file that cannot be used is told before anything is written. Bad lines are listed and passed over. */
export async function importFiles(
  paths: readonly string[],
  options: ImportOptions,
  { storage, dataSets }: Catalogs,
  terminal: Terminal,
): Promise<number> {
  const files = paths.map((path) => readResultFile(path, options.target));
  const samples = options.dataSet === undefined ? [] : await dataSets.samples(options.dataSet);
  const byId = new Map(samples.map((sample) => [sample.id, sample]));
  let problems = 0;
  for (const file of files) {
    const baseline = baselineOf(file, files);
    const runs = file.lines.flatMap((line) =>
      'record' in line ? [importedRun(file, line, baseline, byId, options.dataSet)] : [],
    );
    const added = storage.imports.add(runs);
    const there = runs.length - added === 0 ? '' : `, ${runs.length - added} were there already`;
    terminal.out(`${printable(file.path)}: ${added} runs of ${file.method} added${there}\n`);
    for (const note of notesOf(file.method)) terminal.out(`  ${note}\n`);
    for (const line of file.lines) {
      if (!('problem' in line)) continue;
      problems++;
      terminal.err(`${printable(file.path)}, line ${line.line}: ${printable(line.problem)}\n`);
    }
  }
  return problems === 0 ? exitCodes.ok : exitCodes.failure;
}

function readResultFile(path: string, target: string | undefined): ResultFile {
  const named = parseFileName(basename(path));
  if (named === null) {
    throw new UsageError(
      `${path}: a result file of MMSpec is called <method>-temperature-<T>.jsonl, e.g. eagle2-temperature-0.jsonl. Rename it.`,
    );
  }
  if (quirksOf(named.method) === null) {
    throw new UsageError(
      `${path}: MMSpec has no method ${named.method}. There are: ${mmspecMethods.join(', ')}.`,
    );
  }
  let content: string;
  try {
    content = readFileSync(path, 'utf8');
  } catch (error) {
    throw new UsageError(`${path} cannot be read: ${errorMessage(error)}`);
  }
  return { path, ...named, target: target ?? targetOf(path), lines: readLines(content) };
}

/** `results/<target>/mmspec_<split>/<file>` */
function targetOf(path: string): string {
  const folder = dirname(resolve(path));
  return basename(folder).startsWith('mmspec_') ? basename(dirname(folder)) : 'unknown target';
}

/** First choices of the baseline's records for the same target and temperature, by sample. */
function baselineOf(own: ResultFile, files: readonly ResultFile[]): ReadonlyMap<string, Choice> {
  const found = files.find(
    ({ method, target, temperature }) =>
      method === 'baseline' && target === own.target && temperature === own.temperature,
  );
  return new Map(
    (found?.lines ?? []).flatMap((line) => {
      const choice = 'record' in line ? line.record.choices[0] : undefined;
      return 'record' in line && choice !== undefined ? [[line.record.question_id, choice] as const] : [];
    }),
  );
}

const notesOf = (method: string): string[] =>
  (quirksOf(method) ?? []).map((name) => `${name}: ${quirks[name]}`);

/** Only the first choice counts, as for MMSpec. */
function importedRun(
  { path, method, temperature, target }: ResultFile,
  { record, text }: Extract<ReadLine, { record: unknown }>,
  baseline: ReadonlyMap<string, Choice>,
  samples: ReadonlyMap<string, Sample>,
  dataSetId = 'mmspec',
): ImportedRun {
  const named = fromMmspec(method);
  const [choice] = record.choices;
  if (named === null || choice === undefined) throw new Error(`${path}: ${method} was checked before`);
  const turns = turnsOf(method, choice, baseline.get(record.question_id) ?? null);
  const { question_id: id, topic, category } = record;
  return {
    spec: {
      dataSetId,
      sampleId: id,
      target,
      projector: null,
      draft: null,
      draftProjector: null,
      ...named,
      sampling: { ...greedy, temperature, seed: choice.index },
      // of all published scripts
      maxTokens: 1024,
      systemPrompt: null,
      capture: { layers: 'none' },
      engine: autoEngine,
    },
    // The file has neither the questions nor the picture's name.
    sample: samples.get(id) ?? { id, image: `${id}.jpg`, turns: turns.map(() => ''), category, topic },
    createdAt: Math.round(record.tstamp * 1000),
    totals: totalsOf(turns),
    file: basename(path),
    method,
    line: text,
    wallMs: turns.reduce((sum, { wall }) => sum + wall * 1000, 0),
    notes: notesOf(method),
  };
}

/** Times are of whole calls: the prompt is not told apart. How much was drafted is not recorded. */
function totalsOf(turns: readonly ResultTurn[]): RunTotals {
  const sum = (of: (turn: ResultTurn) => number): number =>
    turns.reduce((total, turn) => total + of(turn), 0);
  return {
    ...emptyTotals,
    newTokens: sum(({ newTokens }) => newTokens),
    rounds: sum(({ rounds }) => rounds),
    accepted: sum(({ accepted }) => accepted),
    skipped: sum(({ skipped }) => skipped),
    draftMs: sum(({ draft }) => draft * 1000),
    verifyMs: sum(({ target }) => target * 1000),
    otherMs: sum(({ wall, draft, target }) => Math.max(0, wall - draft - target) * 1000),
  };
}
