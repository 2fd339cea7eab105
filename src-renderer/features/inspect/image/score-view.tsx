import { useMemo } from 'react';
import { comparesScore } from '#shared/domain/gate.ts';
import { ScoreCurve } from '../../../charts/score/score-curve.tsx';
import { plural } from '../../../ui/format.ts';
import type { RunView } from '../model/run-view.ts';
import { tokenLabel } from '../model/vocabulary.ts';
import { probability } from '../words/numbers.ts';
import css from './image.module.css';

interface Props {
  readonly view: RunView;
  readonly selected: number | null;
  readonly onSelect: (token: number) => void;
  /** layers of the target; null: not known */
  readonly layers: number | null;
}

/** The visual score of every token against the gate's threshold. */
export function ScoreView({ view, selected, onSelect, layers }: Props) {
  const { tokens, vocabulary } = view;
  const { gate } = view.summary.spec;
  const scores = useMemo(() => tokens.map((token) => token.score), [tokens]);
  const threshold = comparesScore(gate.mode) ? gate.threshold : null;
  const over = threshold === null ? 0 : scores.filter((score) => score !== null && score >= threshold).length;
  const text = (place: number): string => {
    const token = tokens[place];
    if (token === undefined) return 'no token';
    const score = token.score === null ? 'no score' : `r ${probability(token.score)}`;
    return `token ${place + 1}, ${tokenLabel(vocabulary, token.id)}, ${score}`;
  };
  const layer = gate.layer ?? (layers === null ? null : layers - 1);
  const heads =
    gate.heads === undefined || gate.heads === 'mean'
      ? 'mean of heads'
      : gate.heads === 'max'
        ? 'largest of heads'
        : `head ${gate.heads}`;
  return (
    <>
      <ScoreCurve
        scores={scores}
        threshold={threshold}
        selected={selected}
        onSelect={onSelect}
        tell={text}
        hover={(place) => <span>{text(place)}</span>}
      />
      <p className={css.hint}>
        r of {layer === null ? 'the last layer' : `layer ${layer}`}, {heads}.{' '}
        {threshold === null
          ? `The run's gate (${gate.mode}) compares it with no threshold.`
          : `${plural(over, 'token')} of ${tokens.length} at or above the threshold ${probability(threshold)}.`}
      </p>
    </>
  );
}
