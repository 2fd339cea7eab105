/** Milliseconds to wait before reconnection attempt `attempt` (0-based): doubles from 250 ms, at most 5 s. */
export function backOff(attempt: number): number {
  return Math.min(250 * 2 ** attempt, 5000);
}
