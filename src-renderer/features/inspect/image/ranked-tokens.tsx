import { X } from 'lucide-react';
import { useMemo } from 'react';
import { plural } from '../../../ui/format.ts';
import { IconButton } from '../../../ui/icon-button.tsx';
import { partLabel } from '../model/map-part.ts';
import type { RunView } from '../model/run-view.ts';
import { tokenLabel } from '../model/vocabulary.ts';
import { ranked } from '../store/layer-maps.ts';
import type { Looks } from '../store/use-looks.ts';
import { probability } from '../words/numbers.ts';
import css from './image.module.css';

/** Tokens that are listed; all are coloured in the answer. */
const listed = 40;

interface Props {
  readonly view: RunView;
  readonly looks: Looks;
  /** place of the selected token */
  readonly selected: number | null;
  readonly onSelect: (token: number) => void;
}

/** Tokens by the attention that they put on the picked patches, most first. */
export function RankedTokens({ view, looks, selected, onSelect }: Props) {
  const { looked, picked, part, rounds } = looks;
  const top = useMemo(() => ranked(looked).slice(0, listed), [looked]);
  if (picked.size === 0) return null;
  const behind = rounds < view.rounds.length;
  return (
    <section className={css.ranked} aria-label="Tokens that look at the picked patches">
      <header className={css.rankedHead}>
        <span title={part === null ? undefined : `Tokens by attention there, ${partLabel(part)}`}>
          {plural(picked.size, 'patch', 'patches')}
          {behind && `, ${rounds} of ${view.rounds.length} rounds`}
        </span>
        <IconButton label="Let go of the patches" size="s" onClick={() => looks.pick(new Set())}>
          <X />
        </IconButton>
      </header>
      {!behind && top.length === 0 ? (
        <p className={css.hint}>No token has a map of this layer.</p>
      ) : (
        <ol className={css.rankedList}>
          {top.map(({ place, mass }) => (
            <li key={place}>
              <button
                type="button"
                aria-current={place === selected || undefined}
                aria-label={`Token ${place + 1}, ${tokenLabel(view.vocabulary, view.tokens[place]?.id ?? 0)}, attention ${probability(mass)}`}
                onClick={() => onSelect(place)}
              >
                <code>{tokenLabel(view.vocabulary, view.tokens[place]?.id ?? 0)}</code>
                <span>{probability(mass)}</span>
              </button>
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}
