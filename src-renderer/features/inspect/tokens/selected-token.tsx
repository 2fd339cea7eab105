import { useDeferredValue, useMemo } from 'react';
import type { RunView } from '../model/run-view.ts';
import { tokenLabel } from '../model/vocabulary.ts';
import { probability } from '../words/numbers.ts';
import { originLooks } from '../words/origins.ts';
import { answerText } from './token-table.ts';

interface Props {
  readonly view: RunView;
  readonly token: number | null;
  readonly following: boolean;
}

/** The answer and the selected token for screen readers: the stream itself holds only the rows in sight. */
export function SelectedToken({ view, token, following }: Props) {
  // The browser lays out the whole text, so it comes after the rows that are seen.
  const told = useDeferredValue<RunView | null>(view, null);
  const answer = useMemo(() => (told === null ? '' : answerText(told)), [told]);
  const t = token === null ? undefined : view.tokens[token];
  return (
    <div className="visually-hidden">
      <p>{view.summary.status === 'running' ? 'The answer is being decoded.' : answer}</p>
      <p aria-live="polite">
        {t !== undefined && token !== null && !following
          ? [
              `Token ${token + 1} of ${view.tokens.length}: «${tokenLabel(view.vocabulary, t.id)}»`,
              t.origin === 'accepted'
                ? `${originLooks[t.origin].label} at depth ${t.depth}`
                : originLooks[t.origin].label,
              `p target ${probability(t.pTarget)}`,
              ...(t.score === null ? [] : [`r ${probability(t.score)}`]),
              `round ${t.round}`,
            ].join(', ')
          : ''}
      </p>
    </div>
  );
}
