/**
 * What the workbench needs of the engine: start one run at a time, steer it, hear what it does.
 * `engine/supervisor.ts` implements it over the engine's own process.
 */
import type { EngineStatus } from '#shared/contract/status.ts';
import type { RoundRecord } from '#shared/domain/round.ts';
import type { Fingerprint, RunSpec, Turn } from '#shared/domain/run.ts';
import type { Sample } from '#shared/domain/sample.ts';

export interface EngineJob {
  readonly runId: string;
  readonly spec: RunSpec;
  readonly sample: Sample;
  /** decoded image, 8 bits per channel, row-major, width * height * 3 bytes */
  readonly image: { readonly width: number; readonly height: number; readonly rgb: Uint8Array };
  /** absolute paths */
  readonly files: {
    readonly target: string;
    readonly projector: string | null;
    readonly draft: string | null;
    readonly draftProjector: string | null;
  };
  /** path -> SHA-256 of the file */
  readonly hashes: Readonly<Record<string, string>>;
  /** wait before the first round, for stepping */
  readonly startPaused: boolean;
}

export type RunAction = 'pause' | 'continue' | 'step' | 'stop';

/** How a run ended; `reason` says why it failed, crashed or was stopped. */
export interface RunEnd {
  readonly status: 'done' | 'stopped' | 'failed' | 'crashed';
  readonly reason: string | null;
}

/** What the engine tells. For one run the order is fingerprint, then turns and rounds as they come, then one end. */
export interface EngineEvents {
  status(status: EngineStatus): void;
  fingerprint(runId: string, fingerprint: Fingerprint): void;
  turn(runId: string, turn: Turn): void;
  round(runId: string, record: RoundRecord): void;
  state(runId: string, status: 'running' | 'paused'): void;
  end(runId: string, end: RunEnd): void;
}

export interface EngineClient {
  status(): EngineStatus;
  start(job: EngineJob): Promise<void>;
  control(runId: string, action: RunAction): Promise<void>;
  restart(): Promise<void>;
  dispose(): Promise<void>;
}
