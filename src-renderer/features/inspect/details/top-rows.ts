import type { TopTokens } from '#shared/domain/tree.ts';
import type { ProbabilityRow } from '../../../charts/bars/probability-list.tsx';
import { logProbability, probability, rank } from '../words/numbers.ts';

/** Tokens that a list of probabilities marks. */
export interface Marks {
  /** token that the target put at this row */
  readonly chosen: number | null;
  /** token that is selected */
  readonly subject: number | null;
}

function markOf(id: number, marks: Marks): ProbabilityRow['mark'] {
  if (id === marks.subject) return 'this';
  return id === marks.chosen ? 'chosen' : null;
}

/** Rows of one side's most likely tokens, each with its rank on the other side ("–": not among the other's top). */
export function topRows(
  own: TopTokens | null,
  other: TopTokens | null,
  label: (id: number) => string,
  marks: Marks,
  logs = false,
): ProbabilityRow[] {
  if (own === null) return [];
  return own.ids.map((id, i) => {
    const p = own.probs[i] ?? 0;
    const there = other?.ids.indexOf(id) ?? -1;
    return {
      key: String(id),
      label: label(id),
      p,
      text: logs ? logProbability(p) : probability(p),
      other: there < 0 ? '–' : rank(there),
      mark: markOf(id, marks),
    };
  });
}
