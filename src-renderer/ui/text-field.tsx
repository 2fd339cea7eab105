import { Search, X } from 'lucide-react';
import type { ComponentProps } from 'react';
import { cx } from './cx.ts';
import styles from './field.module.css';

interface TextFieldProps extends Omit<ComponentProps<'input'>, 'onChange' | 'value' | 'aria-label'> {
  readonly value: string;
  readonly onChange: (value: string) => void;
  /** name for assistive technology */
  readonly label: string;
}

export function TextField({ value, onChange, label, className, ...rest }: TextFieldProps) {
  return (
    <div className={cx(styles.control, styles.input, className)}>
      <input
        type="text"
        spellCheck={false}
        autoComplete="off"
        {...rest}
        value={value}
        aria-label={label}
        onChange={(event) => onChange(event.target.value)}
      />
    </div>
  );
}

/** Text to search for; Escape empties it, then leaves it. */
export function SearchField({ value, onChange, label, className, ...rest }: TextFieldProps) {
  return (
    <div className={cx(styles.control, styles.input, className)}>
      <Search aria-hidden="true" />
      <input
        type="search"
        spellCheck={false}
        autoComplete="off"
        {...rest}
        value={value}
        aria-label={label}
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return;
          event.preventDefault();
          if (value === '') event.currentTarget.blur();
          else onChange('');
        }}
      />
      {value !== '' && (
        <button type="button" className={styles.clear} aria-label="Clear search" onClick={() => onChange('')}>
          <X />
        </button>
      )}
    </div>
  );
}
