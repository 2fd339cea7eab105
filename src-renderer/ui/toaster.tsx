import { Toast } from '@base-ui/react/toast';
import { CircleCheck, Info, TriangleAlert, X } from 'lucide-react';
import type { ReactElement } from 'react';
import buttonStyles from './button.module.css';
import { cx } from './cx.ts';
import { errorText } from './state.tsx';
import styles from './toaster.module.css';

type Kind = 'success' | 'info' | 'failure';

const manager = Toast.createToastManager();

const icons: Readonly<Record<string, ReactElement>> = {
  success: <CircleCheck />,
  info: <Info />,
  failure: <TriangleAlert />,
} satisfies Record<Kind, ReactElement>;

function add(type: Kind, title: string, description?: string): void {
  // A failure says what to do: it stays long enough to be read twice.
  const failed = type === 'failure';
  manager.add({
    type,
    title,
    description,
    timeout: failed ? 15_000 : 4_000,
    priority: failed ? 'high' : 'low',
  });
}

/** Short messages in the corner that go by themselves. */
export const toast = {
  success: (text: string) => add('success', text),
  info: (text: string) => add('info', text),
  /** `what`: what could not be done; the error's message follows as it is */
  failure: (what: string, error: unknown) => add('failure', what, errorText(error)),
};

/** Where the messages appear; once at the root of the app. */
export function Toaster() {
  return (
    <Toast.Provider toastManager={manager} limit={4}>
      <Toast.Portal>
        <Toast.Viewport className={styles.viewport}>
          <Toasts />
        </Toast.Viewport>
      </Toast.Portal>
    </Toast.Provider>
  );
}

function Toasts() {
  const { toasts } = Toast.useToastManager();
  return toasts.map((item) => (
    <Toast.Root key={item.id} toast={item} swipeDirection="right" className={styles.toast}>
      <Toast.Content className={styles.content}>
        {icons[item.type ?? 'info']}
        <div className={styles.text}>
          <Toast.Title className={styles.title} />
          <Toast.Description className={styles.description} />
        </div>
        <Toast.Close
          aria-label="Close"
          className={cx(buttonStyles.button, buttonStyles.ghost, buttonStyles.small, buttonStyles.iconOnly)}
        >
          <X />
        </Toast.Close>
      </Toast.Content>
    </Toast.Root>
  ));
}
