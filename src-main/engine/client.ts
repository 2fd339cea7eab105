import type { runActions } from '../../src-shared/contract/calls.ts';
import type { EngineStatus } from '../../src-shared/contract/status.ts';
import type { Breakpoint, StopAt } from '../../src-shared/domain/breakpoint.ts';
import type { CapturedRound, RoundRecord, TokenPiece } from '../../src-shared/domain/round.ts';
import type { Fingerprint, RunSpec, Turn } from '../../src-shared/domain/run.ts';
import type { Sample } from '../../src-shared/domain/sample.ts';
import type { Given, Resume } from '../decoding/resume.ts';

export type RunAction = (typeof runActions)[number];

/** What a live run can be told. */
export type RunCommand =
  | { readonly action: RunAction }
  | { readonly action: 'run-to'; readonly stopAt: StopAt }
  /** go back to where the run had `backTo` rounds, and wait there */
  | { readonly action: 'back'; readonly backTo: number }
  | {
      readonly action: 'breakpoints';
      readonly breakpoints: readonly Breakpoint[];
      /** plain decoding's answers, null: as known before */
      readonly plain: readonly (readonly number[])[] | null;
    };

/** Where a run begins that goes on from rounds decoded before. */
export interface JobStart {
  /** token ids of the turns before, end tokens included */
  readonly answers: readonly (readonly number[])[];
  /** what there is of the turn after them; null: it begins with its prompt */
  readonly resume: Resume | null;
  /** rounds before the first one */
  readonly rounds: number;
  /** fixed tokens that come first, one round each */
  readonly given: readonly Given[];
}

/** How a run is watched, and where it goes on from. */
export interface JobDebug {
  readonly breakpoints: readonly Breakpoint[];
  readonly stopAt: StopAt | null;
  /** plain decoding's answers, one per turn; null: not known */
  readonly plain: readonly (readonly number[])[] | null;
  readonly start: JobStart | null;
}

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
  /** null or absent: no breakpoints, from the first prompt on */
  readonly debug?: JobDebug | null | undefined;
}

/** What a turn decoded: its prompt and the tokens of each of its rounds, the prompt's own first. */
export interface PastRounds {
  /** -1 stands for an image token */
  readonly promptTokens: readonly number[];
  readonly rounds: readonly { readonly index: number; readonly ids: readonly number[] }[];
}

/** A run that has ended, to be evaluated again with the capture of `spec`. */
export interface RecaptureJob
  extends Pick<EngineJob, 'runId' | 'spec' | 'sample' | 'image' | 'files' | 'hashes'> {
  readonly turns: readonly PastRounds[];
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
  /** all rounds from `rounds` on were taken back; `turn` goes on from there */
  takenBack(runId: string, rounds: number, turn: number): void;
  /** attention that was read after the run */
  captured(runId: string, rounds: readonly CapturedRound[]): void;
  /** a run, or reading its attention again, has ended */
  end(runId: string, end: RunEnd): void;
}

/** The engine as the rest of the main side sees it. One run at a time. */
export interface EngineClient {
  status(): EngineStatus;
  /** Resolves when the job was handed over; rejects when another run is live or the engine is not available. */
  start(job: EngineJob): Promise<void>;
  /** As `start`, for a run that has ended; it can be stopped in the same way. */
  recapture(job: RecaptureJob): Promise<void>;
  /** Rejects when that run is not live. */
  control(runId: string, command: RunCommand): Promise<void>;
  /**
   * The tokens of a text in a target's vocabulary, with their bytes. Loads the target where another model is loaded.
   * Rejects when the engine is busy with another model, or not available.
   */
  tokenize(job: Pick<EngineJob, 'spec' | 'files' | 'hashes'>, text: string): Promise<readonly TokenPiece[]>;
  /**
   * One round of the job from where it is to go on, drafted and verified; nothing is reported as a run. Rejects when a run
   * is live, or where no round can follow.
   */
  draftOnce(job: EngineJob): Promise<RoundRecord>;
  /** Ends the process and starts a fresh one; a live run ends as crashed ("engine restarted by the user"). */
  restart(): Promise<void>;
  dispose(): Promise<void>;
}
