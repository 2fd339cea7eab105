import css from './bars.module.css';

export interface Segment {
  readonly name: string;
  readonly value: number;
  /** what to print beside the name */
  readonly text: string;
  /** name of a design token */
  readonly colour: string;
}

/** One bar divided into named parts, with a legend that gives every part's value. */
export function StackedBar({
  label,
  segments,
}: {
  readonly label: string;
  readonly segments: readonly Segment[];
}) {
  const total = segments.reduce((sum, s) => sum + s.value, 0);
  const shown = segments.filter((s) => s.value > 0);
  return (
    <figure className={css.stacked} aria-label={label}>
      <div className={css.track}>
        {shown.map((s) => (
          <div
            key={s.name}
            className={css.part}
            style={{ flexGrow: total > 0 ? s.value / total : 0, background: `var(--${s.colour})` }}
            title={`${s.name} ${s.text}`}
          />
        ))}
      </div>
      <figcaption className={css.legend}>
        {segments.map((s) => (
          <span key={s.name} className={css.key}>
            <i style={{ background: `var(--${s.colour})` }} />
            {s.name} <b>{s.text}</b>
          </span>
        ))}
      </figcaption>
    </figure>
  );
}
