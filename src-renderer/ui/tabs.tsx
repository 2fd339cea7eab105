import { Tabs as Base } from '@base-ui/react/tabs';
import type { ReactNode } from 'react';
import { cx } from './cx.ts';
import styles from './tabs.module.css';

export interface TabItem<T extends string> {
  readonly value: T;
  readonly label: ReactNode;
  readonly content: ReactNode;
}

interface TabsProps<T extends string> {
  readonly value: T;
  readonly onChange: (value: T) => void;
  readonly items: readonly TabItem<T>[];
  readonly label: string;
  readonly className?: string;
}

/** Tabs with their panels; only the chosen panel is mounted. */
export function Tabs<T extends string>({ value, onChange, items, label, className }: TabsProps<T>) {
  return (
    <Base.Root
      value={value}
      className={cx(styles.root, className)}
      onValueChange={(next: unknown) => {
        const item = items.find((candidate) => candidate.value === next);
        if (item !== undefined) onChange(item.value);
      }}
    >
      <Base.List aria-label={label} className={styles.list}>
        {items.map((item) => (
          <Base.Tab key={item.value} value={item.value} className={styles.tab}>
            {item.label}
          </Base.Tab>
        ))}
        <Base.Indicator className={styles.indicator} />
      </Base.List>
      {items.map((item) => (
        <Base.Panel key={item.value} value={item.value} className={styles.panel}>
          {item.content}
        </Base.Panel>
      ))}
    </Base.Root>
  );
}
