import type { RunDetail } from '#shared/contract/calls.ts';
import type { RunSpec, RunSummary } from '#shared/domain/run.ts';
import type { Sample } from '#shared/domain/sample.ts';
import type { RunStore } from '../storage/run-store.ts';

/**
 * What "plain decoding" means for a run: the same sample, models, prompt and sampling, decoded without drafts and without
 * a gate. Where it runs, and what attention is recorded, is as in the run itself: that changes the kernels.
 */
export function plainSpec(spec: RunSpec): RunSpec {
  return {
    ...spec,
    draft: null,
    draftProjector: null,
    method: { name: 'ar' },
    gate: { mode: 'off', threshold: spec.gate.threshold },
  };
}

/** Answers of a finished plain run that a run with `spec` can be compared with, one per turn; null when none is recorded. */
export function plainAnswers(
  runs: RunStore,
  spec: RunSpec,
  sample: Sample,
): readonly (readonly number[])[] | null {
  const wanted = plainSpec(spec);
  const same = ({ id, spec: other, status, fork }: RunSummary): boolean =>
    status === 'done' &&
    fork === null &&
    other.method.name === 'ar' &&
    other.maxTokens >= spec.maxTokens &&
    comparable(other) === comparable(wanted) &&
    JSON.stringify(runs.sample(id)) === JSON.stringify(sample);
  const found = runs.list().find(same);
  const detail = found === undefined ? null : runs.open(found.id);
  return detail === null ? null : answersOf(detail, spec.maxTokens);
}

/** The gate acts on drafts only, and the limit is looked at by itself. */
function comparable(spec: RunSpec): string {
  const { gate: _gate, maxTokens: _max, draft: _draft, draftProjector: _projector, ...rest } = spec;
  return JSON.stringify(rest, Object.keys(flat(rest)).sort());
}

/** All keys of an object and of those within it. */
function flat(value: object): Record<string, true> {
  const keys: Record<string, true> = {};
  for (const [key, inner] of Object.entries(value)) {
    keys[key] = true;
    if (typeof inner === 'object' && inner !== null) Object.assign(keys, flat(inner));
  }
  return keys;
}

/** Token ids of each turn, cut at the limit of the run that is compared. */
function answersOf({ turns, tokens }: RunDetail, maxTokens: number): number[][] {
  return turns.map(({ index }) =>
    tokens.filter((token) => token.turn === index && token.index < maxTokens).map((token) => token.id),
  );
}
