import { shareNames } from './share-bar.ts';
import css from './tokens.module.css';

/** What the colours of the bars above the tokens stand for. */
export function ShareLegend() {
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
