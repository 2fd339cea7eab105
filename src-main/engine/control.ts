import type { BreakHit, Breakpoint, StopAt } from '../../src-shared/domain/breakpoint.ts';
import type { RunCommand } from './client.ts';

export interface RunControlOptions {
  /** one round, then pause (the Step button) */
  readonly startPaused: boolean;
  readonly breakpoints: readonly Breakpoint[];
  readonly stopAt: StopAt | null;
  /** plain decoding's answers, one per turn; null: not known */
  readonly plain: readonly (readonly number[])[] | null;
  readonly onState: (status: 'running' | 'paused', hit: BreakHit | null) => void;
  readonly onStop: () => void;
}

/** What the driver of the loop may do next; a number: go back to where so many rounds were decoded. */
export type Permission = 'go' | 'stopped' | { readonly backTo: number };

/**
 * Pause, continue, step, back and stop of one run. The decoding loop is a generator; whoever drives it asks
 * `permission()` before every round, so a paused run simply is not asked for its next round.
 */
export class RunControl {
  #allowed: number;
  #stopped = false;
  #backTo: number | null = null;
  #hit: BreakHit | null = null;
  #breakpoints: readonly Breakpoint[];
  #stopAt: StopAt | null;
  #plain: RunControlOptions['plain'];
  #wake: (() => void) | null = null;
  readonly #onState: RunControlOptions['onState'];
  readonly #onStop: () => void;

  constructor(options: RunControlOptions) {
    this.#allowed = options.startPaused ? 1 : Number.POSITIVE_INFINITY;
    this.#breakpoints = options.breakpoints;
    this.#stopAt = options.stopAt;
    this.#plain = options.plain;
    this.#onState = options.onState;
    this.#onStop = options.onStop;
  }

  get stopped(): boolean {
    return this.#stopped;
  }

  get breakpoints(): readonly Breakpoint[] {
    return this.#breakpoints;
  }

  get stopAt(): StopAt | null {
    return this.#stopAt;
  }

  /** Plain decoding's answer to a turn; null: not known. */
  plain(turn: number): readonly number[] | null {
    return this.#plain?.[turn] ?? null;
  }

  apply(command: RunCommand): void {
    if (this.#stopped) return;
    switch (command.action) {
      case 'stop':
        this.#stopped = true;
        this.#onStop();
        break;
      case 'pause':
        this.#allowed = 0;
        break;
      case 'step':
        this.#allowed = Number.isFinite(this.#allowed) ? this.#allowed + 1 : 1;
        break;
      case 'continue':
        this.#allowed = Number.POSITIVE_INFINITY;
        break;
      case 'run-to':
        this.#stopAt = command.stopAt;
        this.#allowed = Number.POSITIVE_INFINITY;
        break;
      case 'back':
        this.#allowed = 0;
        this.#backTo = command.backTo;
        break;
      case 'breakpoints':
        this.#breakpoints = command.breakpoints;
        if (command.plain !== null) this.#plain = command.plain;
        return;
    }
    this.#wake?.();
  }

  /** Pauses before the next round, for a reason that is told. */
  stopFor(hit: BreakHit): void {
    this.#allowed = 0;
    this.#hit = hit;
    if (hit.id === null) this.#stopAt = null;
  }

  /** Resolves when the next round may run, when the run was stopped, or when rounds are to be taken back. */
  async permission(): Promise<Permission> {
    let waited = false;
    while (this.#allowed <= 0 && !this.#stopped) {
      if (this.#backTo !== null) {
        const backTo = this.#backTo;
        this.#backTo = null;
        this.#hit = null;
        return { backTo };
      }
      if (!waited) this.#onState('paused', this.#hit);
      waited = true;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      this.#wake = null;
    }
    if (this.#stopped) return 'stopped';
    this.#backTo = null;
    this.#allowed -= 1;
    this.#hit = null;
    if (waited) this.#onState('running', null);
    return 'go';
  }
}
