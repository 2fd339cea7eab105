import type { AnswerToken } from '#shared/domain/token.ts';
import { type Painting, paintAt, quantities } from './quantities.ts';
import { notRecorded } from './share-bar.ts';
import css from './tokens.module.css';

const gradient = `linear-gradient(to right, ${Array.from({ length: 17 }, (_, i) => paintAt(i / 16).background).join(', ')})`;

/** The scale that tokens are coloured by, with its ends. */
export function ColourLegend({
  painting,
  tokens,
}: {
  readonly painting: Painting;
  readonly tokens: readonly AnswerToken[];
}) {
  const { quantity, high } = painting;
  const without = tokens.filter((token) => quantity.value(token) === null).length;
  if (quantity === quantities.score && tokens.length > 0 && without === tokens.length) {
    return <span>{notRecorded}</span>;
  }
  return (
    <span className={css.scale}>
      {quantity.label} <span>{quantity.text(0)}</span>
      <i style={{ background: gradient }} />
      <span>
        {quantity.text(high)}
        {quantity.log && ', log scale'}
      </span>
      {without > 0 && <span>{without} without a value</span>}
    </span>
  );
}
