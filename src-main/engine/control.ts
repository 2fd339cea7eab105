import type { RunAction } from './client.ts';

/**
 * Pause, continue, step and stop of one run. The decoding loop is a generator; whoever drives it asks
 * `permission()` before every round, so a paused run simply is not asked for its next round.
 */
export class RunControl {
  #allowed: number;
  #stopped = false;
  #wake: (() => void) | null = null;
  readonly #onState: (status: 'running' | 'paused') => void;
  readonly #onStop: () => void;

  /** `startPaused`: one round, then pause (the Step button). */
  constructor(startPaused: boolean, onState: (status: 'running' | 'paused') => void, onStop: () => void) {
    this.#allowed = startPaused ? 1 : Number.POSITIVE_INFINITY;
    this.#onState = onState;
    this.#onStop = onStop;
  }

  get stopped(): boolean {
    return this.#stopped;
  }

  apply(action: RunAction): void {
    if (this.#stopped) return;
    if (action === 'stop') {
      this.#stopped = true;
      this.#onStop();
    } else if (action === 'pause') this.#allowed = 0;
    else if (action === 'step') this.#allowed = Number.isFinite(this.#allowed) ? this.#allowed + 1 : 1;
    else this.#allowed = Number.POSITIVE_INFINITY;
    this.#wake?.();
  }

  /** Resolves to true when the next round may run, to false when the run was stopped. */
  async permission(): Promise<boolean> {
    let waited = false;
    while (this.#allowed <= 0 && !this.#stopped) {
      if (!waited) this.#onState('paused');
      waited = true;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      this.#wake = null;
    }
    if (this.#stopped) return false;
    this.#allowed -= 1;
    if (waited) this.#onState('running');
    return true;
  }
}
