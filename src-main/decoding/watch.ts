import type { RoundTimes } from '#shared/domain/round.ts';

type Span = keyof RoundTimes;

/** Milliseconds of one round, by what they were spent on. */
export class Watch {
  readonly #ms = { draft: 0, verify: 0, capture: 0, other: 0 };
  #since = performance.now();

  /** Books the time since the last call (or the start). */
  lap(span: Span): void {
    const now = performance.now();
    this.#ms[span] += now - this.#since;
    this.#since = now;
  }

  /** Books `ms` of what `from` has or will get under `to` instead. */
  move(from: Span, to: Span, ms: number): void {
    this.#ms[from] -= ms;
    this.#ms[to] += ms;
  }

  times(): RoundTimes {
    return this.#ms;
  }
}
