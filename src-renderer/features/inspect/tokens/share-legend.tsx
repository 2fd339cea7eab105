import type { AnswerToken } from '#shared/domain/token.ts';
import { notRecorded, shareNames } from './share-bar.ts';
import css from './tokens.module.css';

/** What the colours of the bars above the tokens stand for, or where to get them. */
export function ShareLegend({ tokens }: { readonly tokens: readonly AnswerToken[] }) {
  if (tokens.length > 0 && tokens.every(({ shares }) => shares === null)) {
    return <span>{notRecorded}</span>;
  }
  return (
    <ul className={css.legend} aria-label="Where the row of a token looked">
      {shareNames.map((name) => (
        <li key={name}>
          <i className={css.shareKey} style={{ background: `var(--share-${name})` }} />
          {name}
        </li>
      ))}
    </ul>
  );
}
