import { memo } from 'react';
import type { AnswerToken } from '#shared/domain/token.ts';
import { cx } from '../../../ui/cx.ts';
import type { Paint, Painting } from './quantities.ts';
import { shareBar } from './share-bar.ts';
import { lineBreak, type Piece, type StreamRow } from './stream-rows.ts';
import css from './tokens.module.css';

interface Props {
  readonly row: Extract<StreamRow, { kind: 'tokens' }>;
  readonly tokens: readonly AnswerToken[];
  readonly selected: number | null;
  readonly round: number | null;
  readonly painting: Painting | null;
  readonly shares: boolean;
  readonly source: ReadonlySet<number>;
  /** whether a token is part of what was searched for */
  readonly isFound: (place: number) => boolean;
}

/** Tokens of one row. The stream around it handles the pointer, through `data-token`. */
export const TokenRow = memo(function TokenRow(props: Props) {
  const { row, tokens, selected, round, painting, shares, source, isFound } = props;
  return (
    <span dir={row.rtl ? 'rtl' : undefined} className={css.rowText} data-rtl={row.rtl || undefined}>
      {row.pieces.map((piece, i) => {
        const token = tokens[piece.place];
        if (token === undefined) return null;
        const paint = painting?.paint(token);
        const bar = shares ? shareBar(token) : null;
        const begins = row.pieces[i - 1]?.place !== piece.place;
        return (
          <span
            key={`${piece.place}/${begins ? 0 : i}`}
            data-token={piece.place}
            data-origin={token.origin}
            data-kind={piece.kind}
            data-mark={piece.mark === '' ? undefined : piece.mark}
            className={cx(
              css.token,
              token.rowNode === 0 && begins && css.first,
              token.round === round && css.inRound,
              piece.place === selected && css.selected,
              source.has(piece.place) && css.source,
              isFound(piece.place) && css.found,
              painting !== null && (paint == null ? css.unpainted : css.painted),
              bar !== null && css.barred,
            )}
            style={styleOf(paint ?? null, bar)}
          >
            {shown(piece)}
          </span>
        );
      })}
    </span>
  );
});

function styleOf(paint: Paint | null, bar: string | null) {
  if (bar !== null) return { background: bar };
  return paint === null ? undefined : { background: paint.background, color: paint.colour };
}

/** Blank text and line breaks are drawn by the mark; the real text is kept. */
function shown({ text, kind }: Piece) {
  if (kind === 'blank') return <span className={css.blank}>{text}</span>;
  if (!text.endsWith('\n')) return text;
  return (
    <>
      {text.slice(0, -1)}
      <span className={css.break} data-mark={lineBreak}>
        {'\n'}
      </span>
    </>
  );
}
