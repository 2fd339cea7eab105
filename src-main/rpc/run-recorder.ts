import type { EventData, EventName } from '#shared/contract/events.ts';
import type { Fork } from '#shared/domain/fork.ts';
import type { RoundRecord } from '#shared/domain/round.ts';
import type { Fingerprint, RunSpec, RunSummary, Turn } from '#shared/domain/run.ts';
import type { Sample } from '#shared/domain/sample.ts';
import type { EngineEvents, RunEnd } from '../engine/client.ts';
import { errorMessage } from '../errors.ts';
import { storageFailure } from '../storage/database.ts';
import type { RunStore } from '../storage/run-store.ts';
import type { RunWriter } from '../storage/run-writer.ts';

export type Emit = <N extends EventName>(event: N, data: EventData<N>) => void;

/** Writes the live run as the engine decodes it, and tells the windows: always after it is in the database. */
export class RunRecorder implements Omit<EngineEvents, 'status' | 'captured'> {
  readonly #runs: RunStore;
  readonly #emit: Emit;
  /** told when the run can no longer be written, so that the engine stops */
  readonly #onLost: (runId: string) => void;
  #live: RunWriter | null = null;
  #waiting: { readonly runId: string; readonly tell: () => void }[] = [];

  constructor(runs: RunStore, emit: Emit, onLost: (runId: string) => void) {
    this.#runs = runs;
    this.#emit = emit;
    this.#onLost = onLost;
  }

  get liveRunId(): string | null {
    return this.#live?.summary.id ?? null;
  }

  /** Creates the run and returns its id. */
  begin(spec: RunSpec, sample: Sample, fork: Fork | null = null): string {
    return this.follow(this.#runs.create(spec, sample, fork));
  }

  /** Takes over a run that was just created, and returns its id. */
  follow(writer: RunWriter): string {
    this.#live = writer;
    this.#emit('run.summary', writer.summary);
    return writer.summary.id;
  }

  /** Resolves to how a run ended; at once when it is not live. */
  ended(runId: string): Promise<RunSummary> {
    return new Promise((resolve, reject) => {
      const tell = (): void => {
        const summary = this.#runs.summary(runId);
        if (summary === null) reject(new Error(`run ${runId} is gone`));
        else resolve(summary);
      };
      if (this.liveRunId === runId) this.#waiting.push({ runId, tell });
      else tell();
    });
  }

  fingerprint(runId: string, fingerprint: Fingerprint): void {
    this.#write(runId, (writer) => writer.fingerprint(fingerprint));
  }

  turn(runId: string, turn: Turn): void {
    this.#write(runId, (writer) => {
      writer.turn(turn);
      this.#emit('run.turn', { runId, turn });
    });
  }

  round(runId: string, record: RoundRecord): void {
    this.#write(runId, (writer) => {
      writer.round(record);
      // Heads can be a hundred times the rest: windows ask for those that they show.
      this.#emit('run.round', { runId, record: { ...record, heads: [] } });
    });
  }

  takenBack(runId: string, rounds: number, turn: number): void {
    this.#write(runId, (writer) => {
      writer.takeBack(rounds, turn);
      this.#emit('run.back', { runId, rounds, turn });
    });
  }

  state(runId: string, status: 'running' | 'paused'): void {
    this.#write(runId, (writer) => writer.status(status));
  }

  end(runId: string, end: RunEnd): void {
    this.#write(runId, (writer) => {
      writer.end(end.status, end.reason);
      this.#live = null;
    });
  }

  /** Events of a run that is not live any more (it was given up) are dropped. */
  #write(runId: string, write: (writer: RunWriter) => void): void {
    const writer = this.#live;
    if (writer === null || writer.summary.id !== runId) return;
    try {
      write(writer);
      this.#emit('run.summary', writer.summary);
      this.#tellEnd();
    } catch (error) {
      this.#giveUp(writer, error);
    }
  }

  #giveUp(writer: RunWriter, error: unknown): void {
    const known = storageFailure(error);
    const reason = `the run cannot be recorded: ${errorMessage(known ?? error)}`;
    console.error(`run ${writer.summary.id}:`, known === null ? error : reason);
    this.#live = null;
    try {
      writer.end('failed', reason);
    } catch {
      // The disk that refused the round refuses this too: the run is marked as crashed at the next start.
    }
    this.#emit('run.summary', { ...writer.summary, status: 'failed', reason });
    this.#onLost(writer.summary.id);
    this.#tellEnd();
  }

  #tellEnd(): void {
    const over = this.#waiting.filter(({ runId }) => runId !== this.liveRunId);
    this.#waiting = this.#waiting.filter(({ runId }) => runId === this.liveRunId);
    for (const { tell } of over) tell();
  }
}
