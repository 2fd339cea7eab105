/** Exit codes, as `--help` tells them. */
export const exitCodes = { ok: 0, failure: 1, usage: 2, interrupted: 130 } as const;

/** The command was used wrongly: ends with code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
