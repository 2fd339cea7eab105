import { comparesScore } from '#shared/domain/gate.ts';
import { methodLabel } from '#shared/domain/method.ts';
import type { RunSummary } from '#shared/domain/run.ts';
import { acceptanceRate, mat, tokensPerSecond } from '#shared/metrics/totals.ts';

/** A run with what the table shows of it; undefined where there is nothing to measure, so that it sorts last. */
export interface RunRow {
  readonly run: RunSummary;
  readonly method: string;
  readonly gate: string;
  readonly mat: number | undefined;
  readonly acceptance: number | undefined;
  readonly rate: number | undefined;
  readonly device: string | undefined;
}

export function toRow(run: RunSummary): RunRow {
  const { gate } = run.spec;
  return {
    run,
    method: methodLabel(run.spec.method),
    gate: comparesScore(gate.mode) ? `${gate.mode} ${gate.threshold}` : gate.mode,
    mat: mat(run.totals) ?? undefined,
    acceptance: acceptanceRate(run.totals) ?? undefined,
    // The times of imported runs have the prompt in them.
    rate: run.source.kind === 'imported' ? undefined : (tokensPerSecond(run.totals) ?? undefined),
    device: run.source.kind === 'imported' ? 'imported' : run.fingerprint?.device,
  };
}
