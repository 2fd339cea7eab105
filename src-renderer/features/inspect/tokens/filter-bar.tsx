import { X } from 'lucide-react';
import type { TokenFilter } from '../../../app/search-params.ts';
import { formatCount, plural } from '../../../ui/format.ts';
import { IconButton } from '../../../ui/icon-button.tsx';
import type { RunView } from '../model/run-view.ts';
import { filterWords } from './filters.ts';
import css from './tokens.module.css';
import type { PlainRun } from './use-plain-run.ts';

interface Props {
  readonly only: TokenFilter;
  readonly view: RunView;
  readonly shown: ReadonlySet<number>;
  readonly plain: PlainRun;
  readonly onClear: () => void;
}

/** What the stream is narrowed to, and how much that leaves. */
export function FilterBar({ only, view, shown, plain, onClear }: Props) {
  return (
    <div className={css.toolBar}>
      <span>
        <b>{filterWords[only]}</b>: {filterText(only, view, shown, plain)}
      </span>
      <IconButton label="Show all tokens" size="s" onClick={onClear}>
        <X />
      </IconButton>
    </div>
  );
}

function filterText(only: TokenFilter, view: RunView, shown: ReadonlySet<number>, plain: PlainRun): string {
  const tokens = `${formatCount(shown.size)} of ${plural(view.tokens.length, 'token')}`;
  if (only !== 'differs') {
    const rounds = new Set([...shown].map((place) => view.tokens[place]?.round)).size;
    return `${formatCount(rounds)} of ${plural(view.rounds.length, 'round')}, ${tokens}`;
  }
  if (plain.run === null) {
    return view.summary.spec.sampling.temperature > 0
      ? 'a run that sampled draws differently from plain decoding, so they cannot be compared'
      : 'no finished run of plain decoding with this sample and these models; record one with the method Plain';
  }
  if (plain.tokens === null) return 'reading the plain run';
  const first = [...shown][0];
  const length = `plain decoding gave ${plural(plain.tokens.length, 'token')}`;
  return first === undefined
    ? `none of ${plural(view.tokens.length, 'token')}; ${length}`
    : `${tokens}, the first at place ${first}; ${length}`;
}
