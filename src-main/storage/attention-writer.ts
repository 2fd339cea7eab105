import type { Database } from 'better-sqlite3';
import type { CapturedRound } from '#shared/domain/round.ts';
import { encodeAttention, encodeHeads } from './codec/attention.ts';

/**
 * Adds attention that was read after a run: maps of layers that it does not have yet, and score and shares of tokens that
 * have none. What is recorded stays as it is.
 * @param keyOf key of the run that holds a round: a fork's first rounds are its parent's
 */
export function prepareAttentionWrites(
  db: Database,
): (rounds: readonly CapturedRound[], keyOf: (round: number) => number) => void {
  const frame = db.prepare<[number, number, number, Buffer]>(
    'INSERT OR IGNORE INTO attention VALUES (?, ?, ?, ?)',
  );
  const heads = db.prepare<[number, number, number, Buffer]>(
    'INSERT OR IGNORE INTO head_attention VALUES (?, ?, ?, ?)',
  );
  const places = db.prepare<[number, number], { turn: number; idx: number }>(
    'SELECT turn, idx FROM tokens WHERE run = ? AND round = ? ORDER BY idx',
  );
  const token = db.prepare(`
    UPDATE tokens SET score = @score, share_system = @system, share_image = @image, share_text = @text,
      share_generated = @generated
    WHERE run = @key AND turn = @turn AND idx = @idx AND share_system IS NULL`);
  const add = db.transaction((rounds: readonly CapturedRound[], keyOf: (round: number) => number): void => {
    for (const captured of rounds) {
      const key = keyOf(captured.round);
      for (const f of captured.attention) frame.run(key, captured.round, f.layer, encodeAttention(f));
      for (const f of captured.heads) heads.run(key, captured.round, f.layer, encodeHeads(f));
      for (const [i, place] of places.all(key, captured.round).entries()) {
        const read = captured.tokens[i];
        if (read?.shares != null) token.run({ key, ...place, score: read.score, ...read.shares });
      }
    }
  });
  return add.immediate;
}
