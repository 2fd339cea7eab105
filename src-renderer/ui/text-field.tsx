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

interface SearchFieldProps extends TextFieldProps {
  /** Enter or arrow down: on to what was found */
  readonly onDone?: () => void;
}

/** Text to search for; Escape empties it, then leaves it. */
export function SearchField({ value, onChange, onDone, label, className, ...rest }: SearchFieldProps) {
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
          if (event.key === 'Enter' || event.key === 'ArrowDown') onDone?.();
          else if (event.key !== 'Escape') return;
          else if (value === '') event.currentTarget.blur();
          else onChange('');
          event.preventDefault();
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
