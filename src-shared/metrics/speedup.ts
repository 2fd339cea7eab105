/** Speedups against plain decoding, methods.md section 3. Pairs are turns of the same sample. Times in seconds. */
export interface TimedTurn {
  readonly tokens: number;
  readonly seconds: number;
}

export interface TurnPair {
  readonly method: TimedTurn;
  readonly baseline: TimedTurn;
}

const rate = (turn: TimedTurn): number => turn.tokens / turn.seconds;

/** Mean over turns of the tokens-per-second ratio; pairs without time or tokens are left out. Null without pairs. */
export function speedupPaired(pairs: readonly TurnPair[]): number | null {
  const usable = pairs.filter((p) => p.method.seconds > 0 && p.baseline.seconds > 0 && p.baseline.tokens > 0);
  if (usable.length === 0) return null;
  return usable.reduce((sum, p) => sum + rate(p.method) / rate(p.baseline), 0) / usable.length;
}

/**
 * Mean over turns of the baseline's time / the method's: what a user waits less. Unlike the paired speedup it does not even
 * out answers of different length; with equal answers both are the same. Pairs without time are left out. Null without pairs.
 */
export function speedupLatency(pairs: readonly TurnPair[]): number | null {
  const usable = pairs.filter((p) => p.method.seconds > 0 && p.baseline.seconds > 0);
  if (usable.length === 0) return null;
  return usable.reduce((sum, p) => sum + p.baseline.seconds / p.method.seconds, 0) / usable.length;
}

const total = (turns: readonly TimedTurn[]): TimedTurn => ({
  tokens: turns.reduce((sum, t) => sum + t.tokens, 0),
  seconds: turns.reduce((sum, t) => sum + t.seconds, 0),
});

/** Ratio of total tokens per total second. Null where a side has no time or the baseline no tokens. */
export function speedupGlobal(pairs: readonly TurnPair[]): number | null {
  const method = total(pairs.map((p) => p.method));
  const baseline = total(pairs.map((p) => p.baseline));
  if (method.seconds <= 0 || baseline.seconds <= 0 || baseline.tokens === 0) return null;
  return rate(method) / rate(baseline);
}
