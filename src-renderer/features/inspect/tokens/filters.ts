import { assertNever } from '#shared/domain/assert.ts';
import type { RunSummary } from '#shared/domain/run.ts';
import type { AnswerToken } from '#shared/domain/token.ts';
import type { TokenFilter } from '../../../app/search-params.ts';
import type { RunView } from '../model/run-view.ts';

export const filterWords: Readonly<Record<TokenFilter, string>> = {
  refused: 'Only refused rounds',
  skipped: 'Only skips',
  differs: 'Differs from plain',
};

/**
 * Places of the tokens that a filter leaves: of rounds in which the target refused every token offered at some place
 * (they end with a correction), of rounds in which the gate forbade drafting, or tokens that are not those of plain
 * decoding. `plain` null: no plain run to compare with, so nothing is known to differ.
 */
export function filtered(
  name: TokenFilter,
  view: RunView,
  plain: readonly AnswerToken[] | null,
): ReadonlySet<number> {
  switch (name) {
    case 'refused': {
      const refused = new Set(view.tokens.filter((t) => t.origin === 'correction').map((t) => t.round));
      return placesOf(view, (token) => refused.has(token.round));
    }
    case 'skipped':
      return placesOf(view, (token) => view.rounds[token.round]?.gate.skipped === true);
    case 'differs': {
      const ids = new Map(plain?.map((token) => [placeKey(token), token.id]));
      return placesOf(view, (token) => plain !== null && ids.get(placeKey(token)) !== token.id);
    }
    default:
      return assertNever(name);
  }
}

const placeKey = (token: AnswerToken): string => `${token.turn}:${token.index}`;

function placesOf(view: RunView, keep: (token: AnswerToken) => boolean): ReadonlySet<number> {
  return new Set(view.tokens.flatMap((token, place) => (keep(token) ? [place] : [])));
}

/**
 * The newest finished run of plain decoding that a greedy run can be compared with: the same sample, target, projector
 * and system prompt. Null for a run that sampled, since its seed draws differently in every method.
 */
export function plainRunOf(summary: RunSummary, runs: readonly RunSummary[]): RunSummary | null {
  const { spec } = summary;
  if (spec.sampling.temperature !== 0) return null;
  return (
    runs.find(
      (run) =>
        run.id !== summary.id &&
        run.status === 'done' &&
        run.spec.method.name === 'ar' &&
        run.spec.sampling.temperature === 0 &&
        run.spec.dataSetId === spec.dataSetId &&
        run.spec.sampleId === spec.sampleId &&
        run.spec.target === spec.target &&
        run.spec.projector === spec.projector &&
        run.spec.systemPrompt === spec.systemPrompt,
    ) ?? null
  );
}
