import { Fragment, memo } from 'react';
import { cx } from '../../../ui/cx.ts';
import type { TokenText } from '../model/token-rows.ts';
import type { Chunk } from './chunks.ts';
import css from './tokens.module.css';

interface Props {
  readonly chunk: Chunk;
  /** selected token and round, null when they lie in another chunk */
  readonly token: number | null;
  readonly round: number | null;
}

/** Tokens of one chunk. The stream around it handles the pointer, through `data-token`. */
export const TokenChunk = memo(function TokenChunk({ chunk, token, round }: Props) {
  return (
    <span className={css.chunk}>
      {chunk.tokens.map((t, i) => {
        const place = chunk.from + i;
        const text = chunk.texts[i];
        return (
          <span
            key={place}
            data-token={place}
            data-origin={t.origin}
            data-kind={text?.kind}
            className={cx(
              css.token,
              t.rowNode === 0 && css.first,
              t.round === round && css.inRound,
              place === token && css.selected,
            )}
            data-mark={text?.mark === '' ? undefined : text?.mark}
          >
            {text !== undefined && shown(text)}
          </span>
        );
      })}
    </span>
  );
});

/** Blank tokens are drawn by their mark, line breaks with one before them; the real text is kept for copying. */
function shown(text: TokenText) {
  if (text.kind === 'blank') return <span className={css.blank}>{text.text}</span>;
  if (!text.text.includes('\n')) return text.text;
  return text.text.split('\n').map((line, i) => (
    // Lines of one token have no identity but their place.
    // biome-ignore lint/suspicious/noArrayIndexKey: fixed list
    <Fragment key={i}>
      {i > 0 && <span className={css.break}>{'\n'}</span>}
      {line}
    </Fragment>
  ));
}
