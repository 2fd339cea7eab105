import { Unplug } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useApi } from '../api/api-context.tsx';
import { Spinner } from '../ui/progress.tsx';
import styles from './connection-banner.module.css';

/** Shown while the main side cannot be reached; goes by itself when it can again. */
export function ConnectionBanner() {
  const api = useApi();
  const [connected, setConnected] = useState(true);
  useEffect(() => api.onConnection(setConnected), [api]);
  if (connected) return null;
  return (
    <div role="alert" className={styles.banner}>
      <Unplug aria-hidden="true" />
      <span>
        <strong>No connection to Specula.</strong> What you see is as it was; runs in progress go on. If the
        server was restarted, open the address it printed.
      </span>
      <span className={styles.retry}>
        <Spinner label="Reconnecting" /> Reconnecting…
      </span>
    </div>
  );
}
