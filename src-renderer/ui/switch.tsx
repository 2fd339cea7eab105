import { Switch as Base } from '@base-ui/react/switch';
import styles from './field.module.css';

interface SwitchProps {
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
  /** visible, behind the switch */
  readonly label: string;
  readonly disabled?: boolean;
}

export function Switch({ checked, onChange, label, disabled }: SwitchProps) {
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: Base UI's switch contains the control
    <label className={styles.switch}>
      <Base.Root
        checked={checked}
        disabled={disabled}
        onCheckedChange={(next) => onChange(next)}
        className={styles.switchTrack}
      >
        <Base.Thumb className={styles.switchThumb} />
      </Base.Root>
      {label}
    </label>
  );
}
