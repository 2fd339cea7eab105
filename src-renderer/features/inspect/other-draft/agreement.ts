/** How far the tokens of a pass agree with those that a run has at the same places. */
export interface Agreement {
  /** tokens of the pass, from its first on, that the run has too */
  readonly same: number;
  /** tokens of the pass for which the run's are known: fewer than it has where the run ends before */
  readonly known: number;
}

/**
 * @param made ids of the tokens that the pass commits
 * @param recorded ids of the run's tokens from the same place to the end of the turn
 */
export function agreement(made: readonly number[], recorded: readonly number[]): Agreement {
  const known = Math.min(made.length, recorded.length);
  const differs = made.findIndex((id, i) => i < known && id !== recorded[i]);
  return { same: differs < 0 ? known : differs, known };
}
