import type { Database, Statement } from 'better-sqlite3';
import type { RoundRecord } from '#shared/domain/round.ts';
import type { Fingerprint, RunStatus, RunSummary, RunTotals, Turn } from '#shared/domain/run.ts';
import type { AnswerToken } from '#shared/domain/token.ts';
import { addRound, emptyTotals } from '#shared/metrics/totals.ts';
import { encodeAttention, encodeHeads } from './codec/attention.ts';
import { encodeTree } from './codec/tree.ts';

/** Writes one run while it goes on. Every call is one small transaction, so a killed process loses at most one round. */
export class RunWriter {
  readonly #statements: WriteStatements;
  readonly #key: number;
  #summary: RunSummary;
  /** prefill milliseconds by turn: a turn is written at its start and at its end */
  readonly #prefill = new Map<number, number>();
  #ended = false;

  constructor(statements: WriteStatements, key: number, summary: RunSummary) {
    this.#statements = statements;
    this.#key = key;
    this.#summary = summary;
  }

  /** As written so far. */
  get summary(): RunSummary {
    return this.#summary;
  }

  get ended(): boolean {
    return this.#ended;
  }

  fingerprint(fingerprint: Fingerprint): void {
    this.#statements.fingerprint.run(JSON.stringify(fingerprint), this.#key);
    this.#summary = { ...this.#summary, fingerprint };
  }

  /** Writes a turn, or what changed in it. */
  turn(turn: Turn): void {
    const { tokenize, encode, decode, draft } = turn.prefillMs;
    this.#prefill.set(turn.index, tokenize + encode + decode + draft);
    const totals = { ...this.#summary.totals, prefillMs: this.#prefillMs() };
    this.#statements.writeTurn(this.#key, turn, totals);
    this.#summary = { ...this.#summary, totals };
  }

  round(record: RoundRecord): void {
    const totals = addRound(this.#summary.totals, record.round);
    this.#statements.writeRound(this.#key, record, totals);
    this.#summary = { ...this.#summary, totals };
  }

  /** Takes back all rounds from `rounds` on, and the turns after `turn`, which goes on from there. */
  takeBack(rounds: number, turn: number): void {
    for (const index of this.#prefill.keys()) if (index > turn) this.#prefill.delete(index);
    const totals = this.#statements.takeBack(this.#key, rounds, turn, this.#prefillMs());
    this.#summary = { ...this.#summary, totals };
  }

  status(status: 'running' | 'paused'): void {
    this.#setStatus(status, null);
  }

  /** Ends the run; later calls change nothing. */
  end(status: Exclude<RunStatus, 'running' | 'paused'>, reason: string | null): void {
    if (this.#ended) return;
    this.#setStatus(status, reason);
    this.#ended = true;
  }

  #prefillMs(): number {
    return [...this.#prefill.values()].reduce((a, b) => a + b, 0);
  }

  #setStatus(status: RunStatus, reason: string | null): void {
    if (this.#ended) return;
    this.#statements.status.run(status, reason, this.#key);
    this.#summary = { ...this.#summary, status, reason };
  }
}

export interface WriteStatements {
  readonly fingerprint: Statement<[string, number]>;
  readonly status: Statement<[RunStatus, string | null, number]>;
  writeTurn(key: number, turn: Turn, totals: RunTotals): void;
  writeRound(key: number, record: RoundRecord, totals: RunTotals): void;
  /** Returns the totals of what is left. */
  takeBack(key: number, rounds: number, turn: number, prefillMs: number): RunTotals;
}

/** The statements of all writers of a connection, prepared once. */
export function prepareWrites(db: Database): WriteStatements {
  const totals = db.prepare(`
    UPDATE runs SET new_tokens = @newTokens, rounds = @rounds, drafted = @drafted, accepted = @accepted,
      skipped = @skipped, draft_rounds = @draftRounds, draft_ms = @draftMs, verify_ms = @verifyMs,
      capture_ms = @captureMs, other_ms = @otherMs, prefill_ms = @prefillMs
    WHERE key = @key`);
  const turn = db.prepare(`
    INSERT INTO turns VALUES (@key, @index, @user, @promptTokens, @imageTokens, @width, @height, @grids,
      @gridProblem, @tokenize, @encode, @decode, @draft, @endedBy)
    ON CONFLICT (run, idx) DO UPDATE SET prompt_tokens = excluded.prompt_tokens,
      image_tokens = excluded.image_tokens, image_width = excluded.image_width,
      image_height = excluded.image_height, grids = excluded.grids,
      grid_problem = excluded.grid_problem, tokenize_ms = excluded.tokenize_ms,
      encode_ms = excluded.encode_ms, decode_ms = excluded.decode_ms, draft_ms = excluded.draft_ms,
      ended_by = excluded.ended_by`);
  const round = db.prepare(`
    INSERT INTO rounds VALUES (@key, @index, @turn, @firstToken, @drafted, @accepted, @noDraft, @score,
      @threshold, @hit, @skipped, @draft, @verify, @capture, @other, @forgone)`);
  const token = db.prepare(`
    INSERT INTO tokens VALUES (@key, @turn, @index, @id, @origin, @depth, @round, @rowNode, @pTarget,
      @targetRank, @pDraft, @draftRank, @entropy, @margin, @score, @system, @image, @text, @generated)`);
  const tree = db.prepare<[number, number, Buffer]>('INSERT INTO nodes VALUES (?, ?, ?)');
  const frame = db.prepare<[number, number, number, Buffer]>('INSERT INTO attention VALUES (?, ?, ?, ?)');
  const headFrame = db.prepare<[number, number, number, Buffer]>(
    'INSERT INTO head_attention VALUES (?, ?, ?, ?)',
  );
  // A piece is sent once, but a restarted engine may not know what was sent.
  const piece = db.prepare<[number, number, Buffer]>('INSERT OR IGNORE INTO pieces VALUES (?, ?, ?)');

  const writeTurn = db.transaction((key: number, t: Turn, all: RunTotals) => {
    turn.run({
      key,
      index: t.index,
      user: t.user,
      promptTokens: JSON.stringify(t.promptTokens),
      imageTokens: t.imageTokens,
      width: t.image?.width ?? null,
      height: t.image?.height ?? null,
      grids: JSON.stringify(t.grids),
      gridProblem: t.gridProblem,
      ...t.prefillMs,
      endedBy: t.endedBy,
    });
    totals.run({ ...all, key });
  });

  const writeRound = db.transaction((key: number, record: RoundRecord, all: RunTotals) => {
    const { round: r, attention, heads, pieces } = record;
    round.run({
      key,
      index: r.index,
      turn: r.turn,
      firstToken: r.firstToken,
      drafted: r.drafted,
      accepted: r.accepted,
      noDraft: r.noDraft,
      score: r.gate.score,
      threshold: r.gate.threshold,
      hit: r.gate.hit ? 1 : 0,
      skipped: r.gate.skipped ? 1 : 0,
      forgone: r.gate.forgone,
      ...r.ms,
    });
    for (const t of record.tokens) token.run(tokenRow(key, t));
    tree.run(key, r.index, encodeTree(record.tree));
    for (const f of attention) frame.run(key, r.index, f.layer, encodeAttention(f));
    for (const f of heads) headFrame.run(key, r.index, f.layer, encodeHeads(f));
    for (const p of pieces) piece.run(key, p.id, Buffer.from(p.bytes, 'base64'));
    totals.run({ ...all, key });
  });

  // The pieces stay: the engine sends each only once.
  const undo = [
    'DELETE FROM rounds WHERE run = @key AND idx >= @rounds',
    'DELETE FROM tokens WHERE run = @key AND round >= @rounds',
    'DELETE FROM nodes WHERE run = @key AND round >= @rounds',
    'DELETE FROM attention WHERE run = @key AND round >= @rounds',
    'DELETE FROM head_attention WHERE run = @key AND round >= @rounds',
    'DELETE FROM turns WHERE run = @key AND idx > @turn',
    'UPDATE turns SET ended_by = NULL WHERE run = @key AND idx = @turn',
  ].map((sql) => db.prepare(sql));
  const left = db.prepare<[number], RunTotals>(`
    SELECT coalesce(sum(accepted + 1), 0) AS newTokens, count(*) AS rounds, coalesce(sum(drafted), 0) AS drafted,
      coalesce(sum(accepted), 0) AS accepted, coalesce(sum(gate_skipped), 0) AS skipped,
      coalesce(sum(drafted > 0), 0) AS draftRounds, coalesce(sum(draft_ms), 0) AS draftMs,
      coalesce(sum(verify_ms), 0) AS verifyMs, coalesce(sum(capture_ms), 0) AS captureMs,
      coalesce(sum(other_ms), 0) AS otherMs
    FROM rounds WHERE run = ?`);

  const takeBack = db.transaction((key: number, rounds: number, atTurn: number, prefillMs: number) => {
    for (const statement of undo) statement.run({ key, rounds, turn: atTurn });
    const all = { ...(left.get(key) ?? emptyTotals), prefillMs };
    totals.run({ ...all, key });
    return all;
  });

  return {
    fingerprint: db.prepare('UPDATE runs SET fingerprint = ? WHERE key = ?'),
    status: db.prepare('UPDATE runs SET status = ?, reason = ? WHERE key = ?'),
    writeTurn: writeTurn.immediate,
    writeRound: writeRound.immediate,
    takeBack: takeBack.immediate,
  };
}

const noShares = { system: null, image: null, text: null, generated: null };

function tokenRow(key: number, t: AnswerToken): Record<string, string | number | null> {
  const { shares, ...columns } = t;
  return { ...columns, ...(shares ?? noShares), key };
}
