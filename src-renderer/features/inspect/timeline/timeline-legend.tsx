import css from './timeline.module.css';

const times = ['draft', 'verify', 'capture', 'other'] as const;

interface Props {
  readonly gated: boolean;
  readonly skips: boolean;
}

/** What the shapes and colours of the timeline mean. */
export function TimelineLegend({ gated, skips }: Props) {
  return (
    <ul className={css.legend} aria-label="Legend of the timeline">
      <li>
        <i data-look="drafted" /> drafted
      </li>
      <li>
        <i data-look="accepted" /> accepted
      </li>
      {skips && (
        <li>
          <i data-look="skipped" /> skipped
        </li>
      )}
      {times.map((name) => (
        <li key={name}>
          <i style={{ background: `var(--time-${name})` }} /> {name}
        </li>
      ))}
      {gated && (
        <li>
          <i data-look="hit" /> r ≥ threshold
        </li>
      )}
    </ul>
  );
}
