/** Rows as SQLite gives them. STRICT tables and CHECK constraints (schema.ts) hold the types. */
import type { NoDraftReason } from '#shared/domain/round.ts';
import type { RunStatus, RunTotals, Turn } from '#shared/domain/run.ts';
import type { TokenOrigin } from '#shared/domain/token.ts';

export interface SummaryRow extends RunTotals {
  readonly key: number;
  readonly id: string;
  readonly createdAt: number;
  readonly status: RunStatus;
  readonly reason: string | null;
  readonly spec: string;
  readonly fingerprint: string | null;
  readonly topic: string;
  /** key of the run it was forked from, and its first own round */
  readonly parentRun: number | null;
  readonly forkRound: number | null;
  readonly fork: string | null;
  readonly benchId: string | null;
  readonly benchName: string | null;
  readonly importFile: string | null;
  readonly importMethod: string | null;
  readonly importWallMs: number | null;
  readonly importNotes: string | null;
}

export interface TurnRow {
  readonly idx: number;
  readonly user: string;
  readonly prompt_tokens: string;
  readonly image_tokens: number;
  readonly image_width: number | null;
  readonly image_height: number | null;
  readonly grids: string;
  readonly grid_problem: string | null;
  readonly tokenize_ms: number;
  readonly encode_ms: number;
  readonly decode_ms: number;
  readonly draft_ms: number;
  readonly ended_by: Turn['endedBy'];
}

/** Rounds and tokens are read as arrays, in the order of these columns: a run has tens of thousands of them. */
export const roundRowColumns = `idx, turn, first_token, drafted, accepted, no_draft, gate_score, gate_threshold, gate_hit,
  gate_skipped, gate_forgone, draft_ms, verify_ms, capture_ms, other_ms`;
export type RoundRow = readonly [
  index: number,
  turn: number,
  firstToken: number,
  drafted: number,
  accepted: number,
  noDraft: NoDraftReason | null,
  score: number | null,
  threshold: number | null,
  hit: number,
  skipped: number,
  forgone: number | null,
  draftMs: number,
  verifyMs: number,
  captureMs: number,
  otherMs: number,
];

export const tokenRowColumns = `turn, idx, id, origin, depth, round, row_node, p_target, target_rank, p_draft, draft_rank,
  entropy, margin, score, share_system, share_image, share_text, share_generated`;
export type TokenRow = readonly [
  turn: number,
  index: number,
  id: number,
  origin: TokenOrigin,
  depth: number,
  round: number,
  rowNode: number,
  pTarget: number,
  targetRank: number,
  pDraft: number | null,
  draftRank: number | null,
  entropy: number,
  margin: number,
  score: number | null,
  system: number | null,
  image: number | null,
  text: number | null,
  generated: number | null,
];

export interface PieceRow {
  readonly id: number;
  readonly bytes: Buffer;
}
