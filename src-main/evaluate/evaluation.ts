import type { Fingerprint, RunSpec } from '#shared/domain/run.ts';
import type { Agreement, Attention } from './looks.ts';
import type { TurnScore } from './score.ts';
import type { Summary } from './summary.ts';

export interface Failure {
  readonly sampleId: string;
  readonly reason: string;
}

/** Everything that an evaluation found, as `--json` writes it. */
export interface Evaluation {
  /** of this format */
  readonly version: 1;
  readonly dataSet: {
    readonly id: string;
    readonly name: string;
    readonly folder: string;
    /** SHA-256 of its mmspec.jsonl */
    readonly hash: string;
  };
  /** samples that were to be answered */
  readonly asked: number;
  /** why it ended before all samples were tried; null: it did not */
  readonly partial: string | null;
  /** samples that could not be answered; in no other number */
  readonly failures: readonly Failure[];
  readonly spec: Omit<RunSpec, 'sampleId'>;
  /** null when no model was loaded */
  readonly fingerprint: Fingerprint | null;
  readonly summary: Summary;
  /** over the tokens of exact answers; null: not asked for */
  readonly attention: Attention | null;
  /** likewise */
  readonly agreement: Agreement | null;
  readonly turns: readonly TurnScore[];
}
