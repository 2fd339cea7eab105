import { roundMs } from '#shared/metrics/totals.ts';
import { formatMs } from '../../../ui/format.ts';
import { sentenceOf } from '../explain/story.ts';
import { type RunView, tokenSpan } from '../model/run-view.ts';
import { tokenLabel } from '../model/vocabulary.ts';
import { probability } from '../words/numbers.ts';
import css from './timeline.module.css';

/** Facts about the round under the pointer. */
export function RoundFacts({ view, index }: { readonly view: RunView; readonly index: number }) {
  const round = view.rounds[index];
  if (round === undefined) return null;
  const tokens = view.tokens.slice(...tokenSpan(view, index));
  const { score, threshold } = round.gate;
  const against =
    threshold === null || score === null
      ? ''
      : score >= threshold
        ? ` ≥ ${probability(threshold)}`
        : ` < ${probability(threshold)}`;
  return (
    <>
      <p className={css.factHead}>
        Round {index}
        {view.turns.length > 1 && <span>turn {round.turn + 1}</span>}
      </p>
      <p className={css.factText}>
        <code>{tokens.map((t) => tokenLabel(view.vocabulary, t.id)).join('')}</code>
      </p>
      <p className={css.factSentence}>{sentenceOf(view, index, null)}</p>
      <dl>
        <dt>r before drafting</dt>
        <dd>{score === null ? '–' : `${probability(score)}${against}`}</dd>
        <dt>time</dt>
        <dd>{formatMs(roundMs(round.ms))}</dd>
        <dt>draft, verify</dt>
        <dd>
          {formatMs(round.ms.draft)}, {formatMs(round.ms.verify)}
        </dd>
      </dl>
    </>
  );
}
