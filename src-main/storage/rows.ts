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

export interface RoundRow {
  readonly idx: number;
  readonly turn: number;
  readonly first_token: number;
  readonly drafted: number;
  readonly accepted: number;
  readonly no_draft: NoDraftReason | null;
  readonly gate_score: number | null;
  readonly gate_threshold: number | null;
  readonly gate_hit: number;
  readonly gate_skipped: number;
  readonly gate_forgone: number | null;
  readonly draft_ms: number;
  readonly verify_ms: number;
  readonly capture_ms: number;
  readonly other_ms: number;
}

export interface TokenRow {
  readonly turn: number;
  readonly idx: number;
  readonly id: number;
  readonly origin: TokenOrigin;
  readonly depth: number;
  readonly round: number;
  readonly row_node: number;
  readonly p_target: number;
  readonly target_rank: number;
  readonly p_draft: number | null;
  readonly draft_rank: number | null;
  readonly entropy: number;
  readonly margin: number;
  readonly score: number | null;
  readonly share_system: number | null;
  readonly share_image: number | null;
  readonly share_text: number | null;
  readonly share_generated: number | null;
}

export interface PieceRow {
  readonly id: number;
  readonly bytes: Buffer;
}
