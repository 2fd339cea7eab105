import { Checkbox as Base } from '@base-ui/react/checkbox';
import { Check, Minus } from 'lucide-react';
import styles from './checkbox.module.css';

interface CheckboxProps {
  readonly checked: boolean;
  readonly indeterminate?: boolean;
  readonly onChange: (checked: boolean) => void;
  /** name for assistive technology */
  readonly label: string;
}

export function Checkbox({ checked, indeterminate = false, onChange, label }: CheckboxProps) {
  return (
    <Base.Root
      checked={checked}
      indeterminate={indeterminate}
      aria-label={label}
      onCheckedChange={(next) => onChange(next)}
      className={styles.checkbox}
    >
      <Base.Indicator>{indeterminate ? <Minus /> : <Check />}</Base.Indicator>
    </Base.Root>
  );
}
