/** `specula export`: recorded runs as JSON lines, with everything that was recorded of them. */
import { closeSync, openSync, writeSync } from 'node:fs';
import { resolve } from 'node:path';
import { required } from '#shared/domain/assert.ts';
import type { RoundRecord } from '#shared/domain/round.ts';
import { newPieces } from '../decoding/record.ts';
import { errorMessage } from '../errors.ts';
import type { RunReader } from '../storage/run-reader.ts';
import type { Catalogs } from '../workbench.ts';
import { UsageError } from './exit.ts';
import { JsonView } from './json-view.ts';
import type { Terminal } from './terminal.ts';

export interface ExportOptions {
  /** file to write; without one, standard output */
  readonly out?: string;
}

/**
 * @param ids of runs, or "last"
 * @throws UsageError when a run does not exist or the file cannot be written; CorruptBlobError
 */
export function exportRuns(
  ids: readonly string[],
  { out }: ExportOptions,
  { storage: { runs } }: Catalogs,
  terminal: Terminal,
): void {
  // All are looked up before anything is written.
  const chosen = ids.map((id) => (id === 'last' ? lastOf(runs) : id));
  const unknown = chosen.find((id) => runs.summary(id) === null);
  if (unknown !== undefined)
    throw new UsageError(`There is no run ${unknown}; see what "specula runs" lists.`);
  if (out === undefined) {
    for (const id of chosen) writeRun(runs, id, terminal);
    return;
  }
  const path = resolve(out);
  const file = openNew(path);
  try {
    for (const id of chosen) writeRun(runs, id, { out: (text) => void writeSync(file, text) });
  } finally {
    closeSync(file);
  }
  terminal.out(`${chosen.length === 1 ? '1 run' : `${chosen.length} runs`} in ${path}\n`);
}

function lastOf(runs: RunReader): string {
  const [last] = runs.list();
  if (last === undefined) throw new UsageError('No runs yet. Make one with "specula run --sample ID".');
  return last.id;
}

function openNew(path: string): number {
  try {
    return openSync(path, 'wx');
  } catch (error) {
    throw new UsageError(`--out ${path} cannot be written: ${errorMessage(error)}`);
  }
}

/** The lines of `run --json`; a fork has those of the rounds that it shares too. */
function writeRun(runs: RunReader, runId: string, terminal: Pick<Terminal, 'out'>): void {
  const run = required(runs.open(runId), `run ${runId}`);
  const view = new JsonView(terminal);
  const bytes = new Map(run.pieces.map((piece) => [piece.id, Buffer.from(piece.bytes, 'base64')]));
  const vocabulary = { pieces: (ids: Int32Array) => Array.from(ids, (id) => bytes.get(id) ?? noBytes) };
  const seen = new Set<number>();
  const tokens = Map.groupBy(run.tokens, ({ round }) => round);
  for (const turn of run.turns) {
    view.event('run.turn', { runId, turn });
    let prompt = turn.promptTokens;
    for (const round of run.rounds.filter((each) => each.turn === turn.index)) {
      const own = tokens.get(round.index) ?? [];
      const { tree, attention, heads } = recorded(runs, runId, round.index);
      const pieces = newPieces(vocabulary, seen, tree, [...prompt, ...own.map(({ id }) => id)]);
      view.event('run.round', { runId, record: { round, tokens: own, tree, attention, heads, pieces } });
      prompt = [];
    }
  }
  view.end(run.summary);
}

function recorded(
  runs: RunReader,
  runId: string,
  index: number,
): Pick<RoundRecord, 'tree' | 'attention' | 'heads'> {
  const { headLayers, ...detail } = required(runs.round(runId, index), `round ${index} of run ${runId}`);
  const heads = headLayers.map((layer) =>
    required(runs.heads(runId, index, layer), `the heads of layer ${layer} in round ${index}`),
  );
  return { ...detail, heads };
}

const noBytes = new Uint8Array(0);
