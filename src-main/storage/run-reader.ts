import type { Database } from 'better-sqlite3';
import { z } from 'zod';
import {
  type CallWire,
  type RoundDetail,
  type RoundMaps,
  type RunDetail,
  runDetailSchema,
} from '#shared/contract/calls.ts';
import { required } from '#shared/domain/assert.ts';
import { type Fork, forkSchema } from '#shared/domain/fork.ts';
import type { HeadFrame } from '#shared/domain/round.ts';
import {
  fingerprintSchema,
  patchGridSchema,
  type RunSource,
  type RunSpec,
  type RunSummary,
  runSpecSchema,
  type Turn,
} from '#shared/domain/run.ts';
import { type Sample, sampleSchema } from '#shared/domain/sample.ts';
import { decodeAttention, decodeHeads, oneHead } from './codec/attention.ts';
import { packRounds, packTokens } from './codec/columns.ts';
import { decodeTree } from './codec/tree.ts';
import { type Segment, segmentAt, segmentsOf, sharedTurns } from './lineage.ts';
import {
  type PieceRow,
  type RoundRow,
  roundRowColumns,
  type SummaryRow,
  type TokenRow,
  type TurnRow,
  tokenRowColumns,
} from './rows.ts';

export interface RunReader {
  /** newest first */
  list(): RunSummary[];
  summary(id: string): RunSummary | null;
  /** everything but trees and attention; a fork with the rounds that it shares */
  open(id: string): RunDetail | null;
  /** the same as it is sent to a window: rounds and tokens as columns */
  packed(id: string): CallWire<'runs.open'> | null;
  /** the sample as it was when the run was made */
  sample(id: string): Sample | null;
  /** null when the run has no such round. @throws CorruptBlobError */
  round(id: string, index: number): RoundDetail | null;
  /**
   * Maps of one layer, or of one of its heads, of the rounds [from, from + count) that have them.
   * @throws CorruptBlobError
   */
  maps(id: string, part: MapPart, from: number, count: number): RoundMaps[];
  /** maps of every head of a layer in a round; null where none are recorded. @throws CorruptBlobError */
  heads(id: string, round: number, layer: number): HeadFrame | null;
  /** tells which run's rows hold a round of this one; null when there is no such run */
  roundKeys(id: string): ((round: number) => number) | null;
  /** number of runs by sample id */
  countBySample(dataSetId: string): Map<string, number>;
}

/** A layer's mean over heads, or one of its heads. */
export interface MapPart {
  readonly layer: number;
  /** null: their mean */
  readonly head: number | null;
}

const summaryColumns = `
  r.key, r.id, r.created_at AS createdAt, r.status, r.reason, r.spec, r.fingerprint, s.topic,
  r.new_tokens AS newTokens, r.rounds, r.drafted, r.accepted, r.skipped, r.draft_rounds AS draftRounds,
  r.draft_ms AS draftMs, r.verify_ms AS verifyMs, r.capture_ms AS captureMs, r.other_ms AS otherMs,
  r.prefill_ms AS prefillMs, r.parent_run AS parentRun, r.fork_round AS forkRound, r.fork,
  b.id AS benchId, b.name AS benchName, i.file AS importFile, i.method AS importMethod,
  i.wall_ms AS importWallMs, i.notes AS importNotes
  FROM runs r JOIN samples s ON s.key = r.sample LEFT JOIN bench_cells c ON c.run = r.key
  LEFT JOIN benches b ON b.key = c.bench LEFT JOIN imports i ON i.run = r.key`;

export function prepareReads(db: Database): RunReader {
  const list = db.prepare<[], SummaryRow>(
    `SELECT ${summaryColumns} WHERE NOT r.hidden ORDER BY r.created_at DESC, r.key DESC`,
  );
  const one = db.prepare<[string], SummaryRow>(`SELECT ${summaryColumns} WHERE r.id = ? AND NOT r.hidden`);
  const byKey = db.prepare<[number], SummaryRow>(`SELECT ${summaryColumns} WHERE r.key = ?`);
  const sample = db.prepare<[string], Omit<Sample, 'turns'> & { turns: string }>(
    `SELECT s.id, s.image, s.turns, s.category, s.topic FROM samples s JOIN runs r ON r.sample = s.key
     WHERE r.id = ? AND NOT r.hidden`,
  );
  const turns = db.prepare<[number], TurnRow>('SELECT * FROM turns WHERE run = ? ORDER BY idx');
  const roundRows = db
    .prepare<[number, number, number], RoundRow>(
      `SELECT ${roundRowColumns} FROM rounds WHERE run = ? AND idx >= ? AND idx < ? ORDER BY idx`,
    )
    .raw();
  const tokens = db
    .prepare<[number, number, number], TokenRow>(
      `SELECT ${tokenRowColumns} FROM tokens WHERE run = ? AND round >= ? AND round < ? ORDER BY turn, idx`,
    )
    .raw();
  const pieces = db.prepare<[number], PieceRow>('SELECT id, bytes FROM pieces WHERE run = ?');
  const tree = db.prepare<[number, number], { tree: Buffer }>(
    'SELECT tree FROM nodes WHERE run = ? AND round = ?',
  );
  const frames = db.prepare<[number, number], { layer: number; frame: Buffer }>(
    'SELECT layer, frame FROM attention WHERE run = ? AND round = ? ORDER BY layer',
  );
  const headLayers = db.prepare<[number, number], { layer: number }>(
    'SELECT layer FROM head_attention WHERE run = ? AND round = ? ORDER BY layer',
  );
  const headFrame = db.prepare<[number, number, number], { frame: Buffer }>(
    'SELECT frame FROM head_attention WHERE run = ? AND round = ? AND layer = ?',
  );
  const layerFrames = {
    mean: db.prepare<[number, number, number, number], FrameRow>(
      'SELECT round, frame FROM attention WHERE run = ? AND layer = ? AND round >= ? AND round < ? ORDER BY round',
    ),
    heads: db.prepare<[number, number, number, number], FrameRow>(
      'SELECT round, frame FROM head_attention WHERE run = ? AND layer = ? AND round >= ? AND round < ? ORDER BY round',
    ),
  };
  const counts = db.prepare<[string], { id: string; n: number }>(
    `SELECT s.id, count(*) AS n FROM runs r JOIN samples s ON s.key = r.sample WHERE s.data_set = ? AND NOT r.hidden
     GROUP BY s.id`,
  );

  const packed = db.transaction((id: string): CallWire<'runs.open'> | null => {
    const row = one.get(id);
    if (row === undefined) return null;
    const segments = lineOf(row);
    const rounds = segments.flatMap((s) => roundRows.all(s.row.key, s.from, s.to));
    const all = new Map<number, Buffer>();
    for (const { row: owner } of segments) for (const p of pieces.all(owner.key)) all.set(p.id, p.bytes);
    return {
      summary: toSummary(row),
      turns: turnsOf(segments, rounds),
      rounds: packRounds(rounds),
      tokens: packTokens(segments.flatMap((s) => tokens.all(s.row.key, s.from, s.to))),
      pieces: [...all].map(([id, bytes]) => ({ id, bytes: bytes.toString('base64') })),
      segments: segments.map((s) => ({ runId: s.row.id, from: s.from, spec: specOf(s.row) })),
    };
  });

  const lineOf = (row: SummaryRow): Segment[] => segmentsOf(row, (key) => byKey.get(key));

  /** Each run of the line adds its turns, or has them in place of those before it. */
  function turnsOf(segments: readonly Segment[], rounds: readonly RoundRow[]): Turn[] {
    let out: Turn[] = [];
    for (const segment of segments) {
      const { turn = 0, round = 0 } = forkOf(segment.row) ?? {};
      const shared = rounds.flatMap(([index, ofTurn]) => (index < round ? [{ turn: ofTurn }] : []));
      const own = turns.all(segment.row.key).map(toTurn);
      const kept = sharedTurns(out, shared, turn).filter((t) => !own.some(({ index }) => index === t.index));
      out = [...kept, ...own];
    }
    return out;
  }

  return {
    list: () => list.all().map(toSummary),
    summary(id) {
      const row = one.get(id);
      return row === undefined ? null : toSummary(row);
    },
    sample(id) {
      const row = sample.get(id);
      return row === undefined ? null : sampleSchema.parse({ ...row, turns: JSON.parse(row.turns) });
    },
    // One transaction, so that a round written meanwhile by another process is seen whole or not at all.
    packed: (id) => packed(id),
    open(id) {
      const run = packed(id);
      return run === null ? null : runDetailSchema.parse(run);
    },
    round(id, index) {
      const run = one.get(id);
      const owner = run && segmentAt(lineOf(run), index)?.row.key;
      const row = owner === undefined ? undefined : tree.get(owner, index);
      if (owner === undefined || row === undefined) return null;
      const where = `of round ${index} of run ${id}`;
      return {
        tree: decodeTree(row.tree, `The draft tree ${where}`),
        attention: frames
          .all(owner, index)
          .map((f) => decodeAttention(f.frame, `The attention of layer ${f.layer} ${where}`)),
        headLayers: headLayers.all(owner, index).map(({ layer }) => layer),
      };
    },
    maps(id, { layer, head }, from, count) {
      const run = one.get(id);
      if (run === undefined) return [];
      const statement = head === null ? layerFrames.mean : layerFrames.heads;
      return lineOf(run).flatMap((s) =>
        statement
          .all(s.row.key, layer, Math.max(s.from, from), Math.min(s.to, from + count))
          .flatMap(({ round, frame }) => {
            const what = `The attention of layer ${layer} of round ${round} of run ${id}`;
            if (head === null) return [{ round, frame: decodeAttention(frame, what) }];
            const one = oneHead(decodeHeads(frame, what), head);
            return one === null ? [] : [{ round, frame: one }];
          }),
      );
    },
    heads(id, round, layer) {
      const run = one.get(id);
      const owner = run && segmentAt(lineOf(run), round)?.row.key;
      const row = owner === undefined ? undefined : headFrame.get(owner, round, layer);
      if (row === undefined) return null;
      return decodeHeads(
        row.frame,
        `The attention of the heads of layer ${layer} of round ${round} of run ${id}`,
      );
    },
    roundKeys(id) {
      const run = one.get(id);
      if (run === undefined) return null;
      const segments = lineOf(run);
      return (round) => segmentAt(segments, round)?.row.key ?? run.key;
    },
    countBySample: (dataSetId) => new Map(counts.all(dataSetId).map(({ id, n }) => [id, n])),
  };
}

interface FrameRow {
  readonly round: number;
  readonly frame: Buffer;
}

const gridsSchema = z.array(patchGridSchema);
const idsSchema = z.array(z.number().int());
const notesSchema = z.array(z.string());

function toSource(row: SummaryRow): RunSource {
  if (row.importFile !== null) {
    return {
      kind: 'imported',
      file: row.importFile,
      method: required(row.importMethod, 'method'),
      wallMs: required(row.importWallMs, 'wall_ms'),
      notes: notesSchema.parse(JSON.parse(required(row.importNotes, 'notes'))),
    };
  }
  if (row.benchId === null) return { kind: 'run' };
  return { kind: 'bench', id: row.benchId, name: required(row.benchName, 'name') };
}

function toSummary(row: SummaryRow): RunSummary {
  const { id, createdAt, status, reason, fingerprint, topic } = row;
  const { newTokens, rounds, drafted, accepted, skipped, draftRounds } = row;
  const { draftMs, verifyMs, captureMs, otherMs, prefillMs } = row;
  const counts = { newTokens, rounds, drafted, accepted, skipped, draftRounds };
  return {
    id,
    createdAt,
    status,
    reason,
    spec: specOf(row),
    topic,
    totals: { ...counts, draftMs, verifyMs, captureMs, otherMs, prefillMs },
    fingerprint: fingerprint === null ? null : fingerprintSchema.parse(JSON.parse(fingerprint)),
    fork: forkOf(row),
    source: toSource(row),
  };
}

const specOf = (row: SummaryRow): RunSpec => runSpecSchema.parse(JSON.parse(row.spec));
const forkOf = (row: SummaryRow): Fork | null =>
  row.fork === null ? null : forkSchema.parse(JSON.parse(row.fork));

function toTurn(row: TurnRow): Turn {
  const { image_width: width, image_height: height } = row;
  return {
    index: row.idx,
    user: row.user,
    promptTokens: idsSchema.parse(JSON.parse(row.prompt_tokens)),
    imageTokens: row.image_tokens,
    image: width === null || height === null ? null : { width, height },
    grids: gridsSchema.parse(JSON.parse(row.grids)),
    gridProblem: row.grid_problem,
    prefillMs: {
      tokenize: row.tokenize_ms,
      encode: row.encode_ms,
      decode: row.decode_ms,
      draft: row.draft_ms,
    },
    endedBy: row.ended_by,
  };
}
