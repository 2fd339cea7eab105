import { RotateCw } from 'lucide-react';
import { useEffect, useRef } from 'react';
import type { EngineStatus } from '#shared/contract/status.ts';
import { useRestartEngine } from '../api/queries.ts';
import { Button } from '../ui/button.tsx';
import { formatBytes, plural } from '../ui/format.ts';
import { toast } from '../ui/toaster.tsx';
import styles from './engine-details.module.css';
import { describeState } from './engine-state.ts';

/** Everything known about the engine, its last log lines, and the way to restart it. */
export function EngineDetails({ status }: { readonly status: EngineStatus }) {
  const restart = useRestartEngine();
  const log = useRef<HTMLPreElement>(null);
  const lines = status.logTail.length;
  // biome-ignore lint/correctness/useExhaustiveDependencies: new lines scroll into sight
  useEffect(() => {
    log.current?.scrollTo({ top: log.current.scrollHeight });
  }, [lines]);
  return (
    <div className={styles.details}>
      <div className={styles.head}>
        <h2>Engine: {describeState(status.state).label.toLowerCase()}</h2>
        <Button
          size="s"
          icon={<RotateCw />}
          busy={restart.isPending}
          onClick={() =>
            restart.mutate(undefined, {
              onError: (error) => toast.failure('The engine could not be restarted', error),
            })
          }
        >
          Restart
        </Button>
      </div>
      <p className={styles.text}>{status.detail}</p>
      <dl className={styles.facts}>
        <dt>llama.cpp</dt>
        <dd>{status.llamaRelease ?? 'not loaded yet'}</dd>
        {status.devices.map((device) => (
          <Device key={device.name} device={device} />
        ))}
        {status.loaded?.models.map((model) => (
          <Model key={`${model.role} ${model.sha256}`} model={model} />
        ))}
        {status.loaded !== null && (
          <>
            <dt>Context</dt>
            <dd>{plural(status.loaded.contextSize, 'token')}</dd>
          </>
        )}
        <dt>Restarts</dt>
        <dd>{status.restarts === 0 ? 'none' : `${status.restarts} since Specula started`}</dd>
      </dl>
      <h3 className={styles.logTitle}>Log</h3>
      {lines === 0 ? (
        <p className={styles.text}>Nothing logged yet.</p>
      ) : (
        <pre ref={log} role="log" className={styles.log} aria-label="Last log lines of the engine">
          {status.logTail.join('\n')}
        </pre>
      )}
    </div>
  );
}

function Device({ device }: { readonly device: EngineStatus['devices'][number] }) {
  return (
    <>
      <dt>{device.type === 'cpu' ? 'CPU' : 'GPU'}</dt>
      <dd>
        {device.description || device.name}
        <span className={styles.quiet}>
          {formatBytes(device.memoryFree)} of {formatBytes(device.memoryTotal)} free
        </span>
      </dd>
    </>
  );
}

type LoadedModel = NonNullable<EngineStatus['loaded']>['models'][number];

function Model({ model }: { readonly model: LoadedModel }) {
  return (
    <>
      <dt className={styles.role}>{model.role}</dt>
      <dd>
        {model.name}
        <span className={styles.quiet} title={model.sha256}>
          {model.sha256.slice(0, 12)}
        </span>
      </dd>
    </>
  );
}
