import type { Database } from 'better-sqlite3';
import { z } from 'zod';
import type { RoundDetail, RunDetail } from '#shared/contract/calls.ts';
import { required } from '#shared/domain/assert.ts';
import type { Round } from '#shared/domain/round.ts';
import {
  fingerprintSchema,
  patchGridSchema,
  type RunSummary,
  runSpecSchema,
  type Turn,
} from '#shared/domain/run.ts';
import type { AnswerToken } from '#shared/domain/token.ts';
import { decodeAttention } from './codec/attention.ts';
import { decodeTree } from './codec/tree.ts';
import type { PieceRow, RoundRow, SummaryRow, TokenRow, TurnRow } from './rows.ts';

export interface RunReader {
  /** newest first */
  list(): RunSummary[];
  summary(id: string): RunSummary | null;
  /** everything but trees and attention */
  open(id: string): RunDetail | null;
  /** null when the run has no such round. @throws CorruptBlobError */
  round(id: string, index: number): RoundDetail | null;
  /** number of runs by sample id */
  countBySample(dataSetId: string): Map<string, number>;
}

const summaryColumns = `
  r.key, r.id, r.created_at AS createdAt, r.status, r.reason, r.spec, r.fingerprint, s.topic,
  r.new_tokens AS newTokens, r.rounds, r.drafted, r.accepted, r.skipped, r.draft_rounds AS draftRounds,
  r.draft_ms AS draftMs, r.verify_ms AS verifyMs, r.capture_ms AS captureMs, r.other_ms AS otherMs,
  r.prefill_ms AS prefillMs
  FROM runs r JOIN samples s ON s.key = r.sample`;

export function prepareReads(db: Database): RunReader {
  const list = db.prepare<[], SummaryRow>(`SELECT ${summaryColumns} ORDER BY r.created_at DESC, r.key DESC`);
  const one = db.prepare<[string], SummaryRow>(`SELECT ${summaryColumns} WHERE r.id = ?`);
  const turns = db.prepare<[number], TurnRow>('SELECT * FROM turns WHERE run = ? ORDER BY idx');
  const rounds = db.prepare<[number], RoundRow>('SELECT * FROM rounds WHERE run = ? ORDER BY idx');
  const tokens = db.prepare<[number], TokenRow>('SELECT * FROM tokens WHERE run = ? ORDER BY turn, idx');
  const pieces = db.prepare<[number], PieceRow>('SELECT id, bytes FROM pieces WHERE run = ?');
  const tree = db.prepare<[string, number], { tree: Buffer }>(
    'SELECT n.tree FROM nodes n JOIN runs r ON r.key = n.run WHERE r.id = ? AND n.round = ?',
  );
  const frames = db.prepare<[string, number], { layer: number; frame: Buffer }>(
    `SELECT a.layer, a.frame FROM attention a JOIN runs r ON r.key = a.run
     WHERE r.id = ? AND a.round = ? ORDER BY a.layer`,
  );
  const counts = db.prepare<[string], { id: string; n: number }>(
    `SELECT s.id, count(*) AS n FROM runs r JOIN samples s ON s.key = r.sample WHERE s.data_set = ? GROUP BY s.id`,
  );

  const open = db.transaction((id: string): RunDetail | null => {
    const row = one.get(id);
    if (row === undefined) return null;
    return {
      summary: toSummary(row),
      turns: turns.all(row.key).map(toTurn),
      rounds: rounds.all(row.key).map(toRound),
      tokens: tokens.all(row.key).map(toToken),
      pieces: pieces.all(row.key).map((p) => ({ id: p.id, bytes: p.bytes.toString('base64') })),
    };
  });

  return {
    list: () => list.all().map(toSummary),
    summary(id) {
      const row = one.get(id);
      return row === undefined ? null : toSummary(row);
    },
    // One transaction, so that a round written meanwhile by another process is seen whole or not at all.
    open: (id) => open(id),
    round(id, index) {
      const row = tree.get(id, index);
      if (row === undefined) return null;
      const where = `of round ${index} of run ${id}`;
      return {
        tree: decodeTree(row.tree, `The draft tree ${where}`),
        attention: frames
          .all(id, index)
          .map((f) => decodeAttention(f.frame, `The attention of layer ${f.layer} ${where}`)),
      };
    },
    countBySample: (dataSetId) => new Map(counts.all(dataSetId).map(({ id, n }) => [id, n])),
  };
}

const gridsSchema = z.array(patchGridSchema);
const idsSchema = z.array(z.number().int());

function toSummary(row: SummaryRow): RunSummary {
  const { key: _, id, createdAt, status, reason, spec, fingerprint, topic, ...totals } = row;
  return {
    id,
    createdAt,
    status,
    reason,
    spec: runSpecSchema.parse(JSON.parse(spec)),
    topic,
    totals,
    fingerprint: fingerprint === null ? null : fingerprintSchema.parse(JSON.parse(fingerprint)),
  };
}

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

function toRound(row: RoundRow): Round {
  return {
    index: row.idx,
    turn: row.turn,
    firstToken: row.first_token,
    drafted: row.drafted,
    accepted: row.accepted,
    noDraft: row.no_draft,
    gate: {
      score: row.gate_score,
      threshold: row.gate_threshold,
      hit: row.gate_hit === 1,
      skipped: row.gate_skipped === 1,
      forgone: row.gate_forgone,
    },
    ms: { draft: row.draft_ms, verify: row.verify_ms, capture: row.capture_ms, other: row.other_ms },
  };
}

function toToken(row: TokenRow): AnswerToken {
  return {
    turn: row.turn,
    index: row.idx,
    id: row.id,
    origin: row.origin,
    depth: row.depth,
    round: row.round,
    rowNode: row.row_node,
    pTarget: row.p_target,
    targetRank: row.target_rank,
    pDraft: row.p_draft,
    draftRank: row.draft_rank,
    entropy: row.entropy,
    margin: row.margin,
    score: row.score,
    shares:
      row.share_system === null
        ? null
        : {
            system: row.share_system,
            image: required(row.share_image, 'share_image'),
            text: required(row.share_text, 'share_text'),
            generated: required(row.share_generated, 'share_generated'),
          },
  };
}
