import type { runActions } from '../../src-shared/contract/calls.ts';
import type { EngineStatus } from '../../src-shared/contract/status.ts';
import type { RoundRecord } from '../../src-shared/domain/round.ts';
import type { Fingerprint, RunSpec, Turn } from '../../src-shared/domain/run.ts';
import type { Sample } from '../../src-shared/domain/sample.ts';

export type RunAction = (typeof runActions)[number];

/** Everything the engine needs to decode one sample; nothing in it is looked up again. */
export interface EngineJob {
  readonly runId: string;
  readonly spec: RunSpec;
  readonly sample: Sample;
  readonly image: { readonly width: number; readonly height: number; readonly rgb: Uint8Array };
  /** absolute paths */
  readonly files: {
    readonly target: string;
    readonly projector: string | null;
    readonly draft: string | null;
    readonly draftProjector: string | null;
    /** a draft head of the target */
    readonly head: string | null;
  };
  /** SHA-256 by absolute path */
  readonly hashes: Readonly<Record<string, string>>;
  readonly startPaused: boolean;
  /** drafts of jobs before, with the same target, stay loaded: other jobs will want them again */
  readonly keepDrafts?: boolean | undefined;
}

export interface RunEnd {
  readonly status: 'done' | 'stopped' | 'failed' | 'crashed';
  readonly reason: string | null;
}

/** What the engine reports; calls come in the order in which things happened. */
export interface EngineEvents {
  status(status: EngineStatus): void;
  fingerprint(runId: string, fingerprint: Fingerprint): void;
  turn(runId: string, turn: Turn): void;
  round(runId: string, record: RoundRecord): void;
  state(runId: string, status: 'running' | 'paused'): void;
  end(runId: string, end: RunEnd): void;
}

/** The engine as the rest of the main side sees it. One run at a time. */
export interface EngineClient {
  status(): EngineStatus;
  /** Resolves when the job was handed over; rejects when another run is live or the engine is not available. */
  start(job: EngineJob): Promise<void>;
  /** Rejects when that run is not live. */
  control(runId: string, action: RunAction): Promise<void>;
  /** Ends the process and starts a fresh one; a live run ends as crashed ("engine restarted by the user"). */
  restart(): Promise<void>;
  dispose(): Promise<void>;
}
