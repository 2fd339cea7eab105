/** `specula samples`, `models`, `runs`: what there is, without starting an engine. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { methodLabel } from '#shared/domain/method.ts';
import type { RunSource } from '#shared/domain/run.ts';
import type { DataSet } from '#shared/domain/sample.ts';
import { acceptanceRate, mat, tokensPerSecond } from '#shared/metrics/totals.ts';
import { inflatedText } from '../models/inflate/label.ts';
import type { Catalogs } from '../workbench.ts';
import { UsageError } from './exit.ts';
import { printable, type Terminal, table } from './terminal.ts';

interface ListOptions {
  readonly json?: boolean;
}

export interface SampleOptions extends ListOptions {
  readonly dataSet?: string;
  readonly topic?: string;
}

export interface RunListOptions extends ListOptions {
  readonly limit: number;
}

const lines = (items: readonly unknown[]): string =>
  items.map((item) => `${JSON.stringify(item)}\n`).join('');

export async function listSamples(
  { dataSets }: Catalogs,
  terminal: Terminal,
  { dataSet: wanted, topic, json }: SampleOptions,
): Promise<void> {
  const dataSet = await findDataSet(dataSets, wanted);
  const all = await dataSets.samples(dataSet.id);
  const topics = [...new Set(all.map((sample) => sample.topic))].sort();
  if (topic !== undefined && !topics.includes(topic)) {
    throw new UsageError(`No sample has the topic "${topic}". There are: ${topics.join(', ')}.`);
  }
  const samples = all.filter((sample) => topic === undefined || sample.topic === topic);
  if (json) {
    terminal.out(lines(samples.map((sample) => ({ dataSetId: dataSet.id, ...sample }))));
    return;
  }
  const rows = samples.map(({ id, topic: of, category, turns }) => [id, of, category, shorten(turns)]);
  terminal.out(`${dataSet.name} (${dataSet.id}), ${samples.length} samples, ${dataSet.folder}\n`);
  terminal.out(table([['id', 'topic', 'category', 'questions'], ...rows]));
  for (const { line, reason } of dataSet.problems) terminal.err(`line ${line}: ${reason}\n`);
}

export async function listModels(
  { models }: Catalogs,
  terminal: Terminal,
  { json }: ListOptions,
): Promise<void> {
  const { files, sets } = await models.list();
  if (json) {
    terminal.out(lines([...files.map((file) => ({ file })), ...sets.map((set) => ({ set }))]));
    return;
  }
  const rows = files.map((file) => [
    file.id,
    file.inflated === undefined ? file.role : `${file.role}, ${inflatedText(file.inflated)}`,
    file.arch,
    file.quantisation,
    `${(file.bytes / 1e6).toFixed(1)} MB`,
    file.problem ?? file.path,
  ]);
  terminal.out(table([['id', 'role', 'arch', 'type', 'size', 'file'], ...rows]));
  for (const { name, target, projector, draft } of sets) {
    terminal.out(`\n${name}: target ${target}, projector ${projector ?? '-'}, draft ${draft ?? '-'}\n`);
  }
}

export async function addModel({ models }: Catalogs, terminal: Terminal, path: string): Promise<void> {
  const model = await models.add(path);
  terminal.out(`Added ${model.id}: ${model.name}, ${model.role}, ${model.arch}, ${model.quantisation}\n`);
}

export function listRuns({ storage }: Catalogs, terminal: Terminal, { json, limit }: RunListOptions): void {
  const runs = storage.runs.list().slice(0, limit);
  if (json) {
    terminal.out(lines(runs));
    return;
  }
  if (runs.length === 0) {
    terminal.out('No runs yet. Make one with "specula run --sample ID".\n');
    return;
  }
  const rows = runs.map(({ id, status, spec, totals, source }) => [
    id,
    status,
    spec.sampleId,
    methodLabel(spec.method),
    spec.gate.mode,
    totals.newTokens,
    mat(totals)?.toFixed(2) ?? '-',
    acceptanceRate(totals)?.toFixed(3) ?? '-',
    // The times of imported runs have the prompt in them.
    (source.kind === 'imported' ? null : tokensPerSecond(totals))?.toFixed(1) ?? '-',
    sourceLabel(source),
  ]);
  const head = ['run', 'status', 'sample', 'method', 'gate', 'tokens', 'MAT', 'acceptance', 'tok/s', 'from'];
  terminal.out(table([head, ...rows]));
}

function sourceLabel(source: RunSource): string {
  if (source.kind === 'imported') return `imported, ${printable(source.file)}`;
  return source.kind === 'bench' ? `bench ${printable(source.name)}` : '';
}

async function findDataSet(dataSets: Catalogs['dataSets'], wanted: string | undefined): Promise<DataSet> {
  const all = await dataSets.list();
  const found = wanted === undefined ? all[0] : all.find((dataSet) => dataSet.id === wanted);
  if (found !== undefined) return found;
  if (wanted !== undefined && existsSync(wanted)) return await dataSets.add(resolve(wanted));
  const known = all.map((dataSet) => dataSet.id).join(', ');
  throw new UsageError(`${wanted ?? 'A data set'} is neither a folder nor a known data set (${known}).`);
}

/** The first question on one line, and how many follow. */
function shorten(turns: readonly string[]): string {
  const text = printable(turns[0] ?? '').replace(/\s+/g, ' ');
  const first = text.length > 70 ? `${text.slice(0, 69)}…` : text;
  return turns.length > 1 ? `${first} (+${turns.length - 1})` : first;
}
