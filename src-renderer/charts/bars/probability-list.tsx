import type { ReactNode } from 'react';
import css from './bars.module.css';

export interface ProbabilityRow {
  readonly key: string;
  readonly label: string;
  /** 0..1, drawn to scale */
  readonly p: number;
  readonly text: string;
  /** rank of the token on the other side */
  readonly other: string;
  /** what the row is marked with: the token that was committed, the one that is selected */
  readonly mark: 'chosen' | 'this' | null;
}

interface Props {
  readonly title: ReactNode;
  readonly otherTitle: string;
  readonly rows: readonly ProbabilityRow[];
  /** shown instead of rows when there are none */
  readonly empty: string;
  /** name of the design token of the bars */
  readonly colour: string;
}

/** The most likely tokens of a distribution with bars, best first. */
export function ProbabilityList({ title, otherTitle, rows, empty, colour }: Props) {
  return (
    <div className={css.list}>
      <div className={css.head}>
        <span>{title}</span>
        {rows.length > 0 && <span className={css.other}>{otherTitle}</span>}
      </div>
      {rows.length === 0 && <p className={css.empty}>{empty}</p>}
      <ol>
        {rows.map((row) => (
          <li
            key={row.key}
            className={css.row}
            data-mark={row.mark ?? undefined}
            title={row.mark === 'chosen' ? 'the token that the target put here' : undefined}
          >
            <i style={{ width: `${row.p * 100}%`, background: `var(--${colour})` }} />
            <code title={row.label}>{row.label}</code>
            <span className={css.value}>{row.text}</span>
            <span className={css.other}>{row.other}</span>
          </li>
        ))}
      </ol>
    </div>
  );
}
