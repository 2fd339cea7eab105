import { useVirtualizer } from '@tanstack/react-virtual';
import { type ClipboardEvent, type PointerEvent, useEffect, useMemo, useState } from 'react';
import { useSize } from '../../../charts/use-size.ts';
import type { Quoted } from '../model/quoted.ts';
import type { RunView } from '../model/run-view.ts';
import type { Resolved } from '../model/selection.ts';
import type { Painting } from './quantities.ts';
import { rowOfPlace, type StreamRow, streamRows } from './stream-rows.ts';
import { TokenCard } from './token-card.tsx';
import { TokenRow } from './token-row.tsx';
import { answerText } from './token-table.ts';
import css from './tokens.module.css';
import { useTextMeasure } from './use-text-measure.ts';

interface Props {
  readonly view: RunView;
  readonly at: Resolved;
  readonly onSelect: (token: number) => void;
  /** places that are shown; null: all */
  readonly shown: ReadonlySet<number> | null;
  readonly painting: Painting | null;
  /** every token with a bar of its attention shares */
  readonly shares: boolean;
  /** places that the selected draft was copied from */
  readonly source: ReadonlySet<number>;
  /** parts of questions that it was copied from */
  readonly quoted: readonly Quoted[];
  readonly isFound: (place: number) => boolean;
  /** place to bring into sight, e.g. of the text that was searched for */
  readonly target: number | null;
}

interface Hover {
  readonly token: number;
  readonly rect: DOMRect;
}

/** Heights in CSS pixels; questions are measured when they are drawn. */
const rowHeight = 29;
const questionHeight = 30;
/** Padding of the stream at both sides, and room for a scroll bar's rounding. */
const sides = 34;
/** Rows drawn beyond those in sight, so that scrolling shows no gap. */
const overscan = 24;

const endWords = {
  'end-of-text': 'end of text',
  'max-tokens': 'token limit reached',
  'context-full': 'context full',
  stopped: 'stopped here',
} as const;

function tokenUnder(target: EventTarget | Node | null): HTMLElement | null {
  const element = target instanceof Element ? target : target instanceof Node ? target.parentElement : null;
  return element?.closest<HTMLElement>('[data-token]') ?? null;
}

/** The answer as tokens, turn by turn under the user's questions; only the rows in sight are in the document. */
export function TokenStream(props: Props) {
  const { view, at, onSelect, shown, painting, shares, source, quoted, isFound, target } = props;
  const [box, size] = useSize<HTMLDivElement>();
  const [hover, setHover] = useState<Hover | null>(null);
  const measure = useTextMeasure(box);
  const width = Math.max(80, size.width - sides);
  const rows = useMemo(
    () => (measure === null ? [] : streamRows(view, { width, measure, shown })),
    [view, width, measure, shown],
  );
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => box.current,
    estimateSize: (i) => (rows[i]?.kind === 'question' ? questionHeight : rowHeight),
    overscan,
    paddingStart: 8,
    paddingEnd: 12,
  });

  // Keeps the selected token in sight, whoever selected it.
  const place = target ?? at.token;
  // biome-ignore lint/correctness/useExhaustiveDependencies: new rows must not scroll back to it
  useEffect(() => {
    const row = place === null ? -1 : rowOfPlace(rows, place);
    if (row >= 0) virtualizer.scrollToIndex(row, { align: 'auto' });
  }, [place, width, shown, measure]);

  const onPointerOver = (event: PointerEvent) => {
    const element = tokenUnder(event.target);
    setHover(
      element === null
        ? null
        : {
            token: Number(element.dataset.token),
            rect: element.getClientRects()[0] ?? element.getBoundingClientRect(),
          },
    );
  };
  // Rows are pieces of paragraphs: what is copied is the text of the tokens, without the rows' ends.
  const onCopy = (event: ClipboardEvent) => {
    const marked = getSelection();
    const ends = [marked?.anchorNode ?? null, marked?.focusNode ?? null].map((node) => tokenUnder(node));
    const places = ends.flatMap((end) => (end === null ? [] : [Number(end.dataset.token)]));
    if (places.length < 2 || marked?.isCollapsed !== false) return;
    event.clipboardData.setData('text/plain', answerText(view, Math.min(...places), Math.max(...places) + 1));
    event.preventDefault();
  };

  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: arrow keys select tokens on the whole screen
    // biome-ignore lint/a11y/useSemanticElements: no fields belong together here
    <div
      ref={box}
      role="group"
      aria-label="Tokens of the answer"
      // What scrolls has to take the focus, or the keyboard could not scroll it.
      // biome-ignore lint/a11y/noNoninteractiveTabindex: see above
      tabIndex={0}
      className={css.stream}
      onPointerOver={onPointerOver}
      onPointerLeave={() => setHover(null)}
      onScroll={() => setHover(null)}
      onCopy={onCopy}
      onClick={(event) => {
        const element = tokenUnder(event.target);
        if (element !== null && String(getSelection()) === '') onSelect(Number(element.dataset.token));
      }}
    >
      <div className={css.rows} style={{ height: virtualizer.getTotalSize() }}>
        {virtualizer.getVirtualItems().map((item) => {
          const row = rows[item.index];
          if (row === undefined) return null;
          return (
            <div
              key={item.key}
              ref={row.kind === 'question' ? virtualizer.measureElement : undefined}
              data-index={item.index}
              className={css.row}
              style={{ transform: `translateY(${item.start}px)` }}
            >
              {row.kind === 'question' ? (
                <Question
                  view={view}
                  turn={row.turn}
                  quoted={quoted.find((part) => part.turn === row.turn)}
                />
              ) : (
                <TokenRow
                  row={row}
                  tokens={view.tokens}
                  selected={has(row, at.token) ? at.token : null}
                  round={at.round}
                  painting={painting}
                  shares={shares}
                  isFound={isFound}
                  source={source}
                />
              )}
              {row.kind === 'tokens' && row.end && <End view={view} turn={row.turn} />}
            </div>
          );
        })}
      </div>
      {hover !== null && <TokenCard view={view} token={hover.token} rect={hover.rect} />}
    </div>
  );
}

interface QuestionProps {
  readonly view: RunView;
  readonly turn: number;
  /** undefined: no part of it was copied */
  readonly quoted: Quoted | undefined;
}

function Question({ view, turn, quoted }: QuestionProps) {
  const text = view.turns.find((t) => t.index === turn)?.user ?? '';
  const { from, to } = quoted ?? { from: text.length, to: text.length };
  return (
    <article className={css.question}>
      <span className={css.who}>{view.turns.length > 1 ? `Turn ${turn + 1}` : 'User'}</span>
      <span dir="auto">
        {text.slice(0, from)}
        {to > from && (
          <mark className={css.quoted} title="The selected draft was copied from here">
            {text.slice(from, to)}
          </mark>
        )}
        {text.slice(to)}
      </span>
    </article>
  );
}

function End({ view, turn }: { readonly view: RunView; readonly turn: number }) {
  const endedBy = view.turns.find((t) => t.index === turn)?.endedBy ?? null;
  return endedBy === null ? null : <span className={css.end}>{endWords[endedBy]}</span>;
}

function has(row: Extract<StreamRow, { kind: 'tokens' }>, place: number | null): boolean {
  return place !== null && row.pieces.some((piece) => piece.place === place);
}
