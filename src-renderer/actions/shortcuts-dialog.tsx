import { useSyncExternalStore } from 'react';
import { Dialog } from '../ui/dialog.tsx';
import { Kbd } from '../ui/kbd.tsx';
import { actionRegistry, groupActions } from './registry.ts';
import styles from './shortcuts-dialog.module.css';

interface ShortcutsDialogProps {
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
}

/** The keys that work on the current screen. */
export function ShortcutsDialog({ open, onOpenChange }: ShortcutsDialogProps) {
  const actions = useSyncExternalStore(actionRegistry.subscribe, actionRegistry.list);
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title="Keyboard shortcuts" width="560px">
      <div className={styles.groups}>
        {[...groupActions(actions)].map(([group, members]) => (
          <section key={group} className={styles.group}>
            <h3 className={styles.heading}>{group}</h3>
            <dl>
              {members.map((action) => (
                <div key={action.id} className={styles.row}>
                  <dt>{action.label}</dt>
                  <dd className={styles.keys}>
                    {action.keys.map((keys) => (
                      <Kbd key={keys} keys={keys} />
                    ))}
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
