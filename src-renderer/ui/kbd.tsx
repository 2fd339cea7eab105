import styles from './kbd.module.css';
import { keyLabels } from './key-labels.ts';

/** A shortcut in tinykeys' notation ("g s", "Shift+?", "$mod+Enter"), drawn as keys. */
export function Kbd({ keys }: { readonly keys: string }) {
  return (
    <span className={styles.keys}>
      {keyLabels(keys).map((label, i) => (
        // Presses of one sequence have no identity but their place.
        // biome-ignore lint/suspicious/noArrayIndexKey: fixed list
        <kbd key={i} className={styles.key}>
          {label}
        </kbd>
      ))}
    </span>
  );
}
