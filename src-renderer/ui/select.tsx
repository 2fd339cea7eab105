import { Select as Base } from '@base-ui/react/select';
import { Check, ChevronsUpDown } from 'lucide-react';
import { cx } from './cx.ts';
import fieldStyles from './field.module.css';
import popup from './popup.module.css';

export interface SelectOption<T extends string> {
  readonly value: T;
  readonly label: string;
  /** second, quieter line in the list */
  readonly detail?: string;
  readonly disabled?: boolean;
}

interface SelectProps<T extends string> {
  /** null: nothing chosen, `placeholder` is shown */
  readonly value: T | null;
  readonly options: readonly SelectOption<T>[];
  readonly onChange: (value: T) => void;
  /** name for assistive technology; a visible one comes from Field */
  readonly label: string;
  readonly placeholder?: string;
  readonly disabled?: boolean;
  readonly className?: string;
}

/** Choice of one value from a list. */
export function Select<T extends string>(props: SelectProps<T>) {
  const { value, options, onChange, label, placeholder = 'Choose…', disabled, className } = props;
  const items = options.map((option) => ({ value: option.value, label: option.label }));
  return (
    <Base.Root
      items={items}
      value={value}
      disabled={disabled}
      modal={false}
      onValueChange={(next) => {
        if (next !== null) onChange(next);
      }}
    >
      <Base.Trigger aria-label={label} className={cx(fieldStyles.control, fieldStyles.trigger, className)}>
        <Base.Value placeholder={placeholder} className={fieldStyles.value} />
        <Base.Icon className={fieldStyles.icon}>
          <ChevronsUpDown />
        </Base.Icon>
      </Base.Trigger>
      <Base.Portal>
        <Base.Positioner sideOffset={4} alignItemWithTrigger={false} className={popup.positioner}>
          <Base.Popup className={popup.popup} style={{ minWidth: 'var(--anchor-width)' }}>
            <Base.List className={popup.list}>
              {options.map((option) => (
                <Base.Item
                  key={option.value}
                  value={option.value}
                  disabled={option.disabled}
                  className={popup.item}
                >
                  <Base.ItemIndicator>
                    <Check />
                  </Base.ItemIndicator>
                  <div className={popup.itemText}>
                    <Base.ItemText>{option.label}</Base.ItemText>
                    {option.detail !== undefined && <span className={popup.detail}>{option.detail}</span>}
                  </div>
                </Base.Item>
              ))}
            </Base.List>
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
