import { useCallback, useDeferredValue, useMemo, useRef, useState } from 'react';
import { useCursor } from '../../../app/use-cursor.ts';
import { useInspectSearch } from '../../../app/use-search-params.ts';
import { Panel } from '../../../ui/panel.tsx';
import type { Quoted } from '../model/quoted.ts';
import type { RunView } from '../model/run-view.ts';
import type { Resolved } from '../model/selection.ts';
import { AnswerTools } from './answer-tools.tsx';
import { ColourLegend } from './colour-legend.tsx';
import { FilterBar } from './filter-bar.tsx';
import { filtered } from './filters.ts';
import { type Painting, painting } from './quantities.ts';
import { findText } from './search.ts';
import { SearchBar } from './search-bar.tsx';
import { SelectedToken } from './selected-token.tsx';
import { ShareLegend } from './share-legend.tsx';
import { TokenLegend } from './token-legend.tsx';
import { TokenStream } from './token-stream.tsx';
import css from './tokens.module.css';
import { usePlainRun } from './use-plain-run.ts';

interface Props {
  readonly view: RunView;
  readonly at: Resolved;
  /** places that the selected draft was copied from */
  readonly source: ReadonlySet<number>;
  /** parts of questions that the selected draft was copied from */
  readonly quoted: readonly Quoted[];
  /** colours in place of the chosen ones, while patches of the image are picked */
  readonly lit: Painting | null;
  readonly onSelect: (token: number) => void;
}

const nowhere = () => false;

/** The answer as tokens, with search, filter, colours and copying. */
export function AnswerPane({ view, at, source, quoted, lit, onSelect }: Props) {
  const [{ colour, only, find }, change] = useInspectSearch();
  const [text, setText] = useCursor(find, (next) => change({ find: next }));
  const query = text ?? null;
  // A search that comes from the address leaves the keys to the screen.
  const asked = useRef(false);
  // match that was gone to last, -1 before the first
  const [current, setCurrent] = useState(-1);
  const plain = usePlainRun(view.summary, only === 'differs');
  const wanted = useDeferredValue(query);
  const matches = useMemo(() => findText(view, wanted ?? ''), [view, wanted]);
  const shown = useMemo(
    () => (only === undefined ? null : filtered(only, view, plain.tokens)),
    [only, view, plain.tokens],
  );
  const chosen = useMemo(
    () => (colour === undefined || colour === 'shares' ? null : painting(colour, view.tokens)),
    [colour, view.tokens],
  );
  const paints = lit ?? chosen;
  const shares = lit === null && colour === 'shares';
  const found = useMemo(
    () => new Set(matches.flatMap(({ from, to }) => Array.from({ length: to - from }, (_, i) => from + i))),
    [matches],
  );
  const isFound = useCallback((place: number) => found.has(place), [found]);
  const match = matches[Math.max(0, Math.min(current, matches.length - 1))];
  const go = (to: number) => {
    const next = matches.length === 0 ? -1 : (Math.max(-1, to) + matches.length) % matches.length;
    setCurrent(next);
    const place = matches[next]?.from;
    if (place !== undefined) onSelect(place);
  };

  return (
    <Panel
      title="Answer"
      note={
        shares ? (
          <ShareLegend tokens={view.tokens} />
        ) : paints === null ? (
          <TokenLegend view={view} />
        ) : (
          <ColourLegend painting={paints} tokens={view.tokens} />
        )
      }
      scroll={false}
      actions={
        <AnswerTools
          view={view}
          shown={shown}
          colour={colour}
          only={only}
          plain={plain.run}
          onColour={(next) => change({ colour: next })}
          onOnly={(next) => change({ only: next })}
          onSearch={() => {
            asked.current = true;
            setText(query ?? '');
          }}
        />
      }
    >
      <div className={css.pane}>
        {query !== null && (
          <SearchBar
            query={query}
            matches={matches.length}
            current={Math.min(current, matches.length - 1)}
            focus={asked.current}
            onQuery={(next) => {
              setText(next);
              setCurrent(-1);
            }}
            onGo={go}
            onClose={() => setText(undefined)}
          />
        )}
        {only !== undefined && shown !== null && (
          <FilterBar
            only={only}
            view={view}
            shown={shown}
            plain={plain}
            onClear={() => change({ only: undefined })}
          />
        )}
        <div className={css.streamBox}>
          <TokenStream
            view={view}
            at={at}
            onSelect={onSelect}
            shown={shown}
            painting={paints}
            shares={shares}
            source={source}
            quoted={quoted}
            isFound={matches.length === 0 ? nowhere : isFound}
            target={wanted === null || wanted === '' ? null : (match?.from ?? null)}
          />
        </div>
        <SelectedToken view={view} token={at.token} following={at.following} />
      </div>
    </Panel>
  );
}
