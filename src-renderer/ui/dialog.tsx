import { Dialog as Base } from '@base-ui/react/dialog';
import { X } from 'lucide-react';
import { type ReactNode, type RefObject, useRef } from 'react';
import buttonStyles from './button.module.css';
import { cx } from './cx.ts';
import styles from './dialog.module.css';

interface DialogProps {
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
  readonly title: string;
  readonly description?: ReactNode;
  readonly children?: ReactNode;
  /** buttons, the one that does it last */
  readonly footer?: ReactNode;
  /** CSS width; 440px unless given */
  readonly width?: string;
  /** what gets the focus; the dialog itself unless given */
  readonly initialFocus?: RefObject<HTMLElement | null>;
}

/** Modal: Escape, the cross and a click outside close it, focus returns to where it was. */
export function Dialog(props: DialogProps) {
  const { open, onOpenChange, title, description, children, footer, width = '440px', initialFocus } = props;
  const popup = useRef<HTMLDivElement>(null);
  return (
    <Base.Root open={open} onOpenChange={(next) => onOpenChange(next)}>
      <Base.Portal>
        <Base.Backdrop className={styles.backdrop} />
        <Base.Popup
          ref={popup}
          initialFocus={initialFocus ?? popup}
          className={styles.popup}
          style={{ width }}
        >
          <header className={styles.header}>
            <Base.Title className={styles.title}>{title}</Base.Title>
            <Base.Close
              aria-label="Close"
              className={cx(buttonStyles.button, buttonStyles.ghost, buttonStyles.iconOnly)}
            >
              <X />
            </Base.Close>
          </header>
          {description !== undefined && (
            <Base.Description className={styles.description}>{description}</Base.Description>
          )}
          {children !== undefined && <div className={styles.body}>{children}</div>}
          {footer !== undefined && <footer className={styles.footer}>{footer}</footer>}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}
