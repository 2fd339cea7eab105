import { Circle, CirclePlay, CircleSlash, LoaderCircle, OctagonX, PauseCircle } from 'lucide-react';
import type { ReactElement } from 'react';
import type { EngineStatus } from '#shared/contract/status.ts';
import { useAppInfo } from '../api/queries.ts';
import { Badge } from '../ui/badge.tsx';
import { plural } from '../ui/format.ts';
import { Popover } from '../ui/popover.tsx';
import { Progress } from '../ui/progress.tsx';
import { EngineDetails } from './engine-details.tsx';
import { describeState, engineFacts } from './engine-state.ts';
import styles from './engine-strip.module.css';

const icons: Readonly<Record<EngineStatus['state'], ReactElement>> = {
  starting: <LoaderCircle />,
  idle: <Circle />,
  loading: <LoaderCircle />,
  running: <CirclePlay />,
  paused: <PauseCircle />,
  crashed: <OctagonX />,
  unavailable: <CircleSlash />,
};

/** State of the engine in one line, always in sight; pressed, it shows details and log. */
export function EngineStrip() {
  const info = useAppInfo();
  if (info.data === undefined) {
    return (
      <footer className={styles.strip}>
        <span className={styles.quiet}>{info.isError ? info.error.message : 'Engine: asking…'}</span>
      </footer>
    );
  }
  const status = info.data.engine;
  const { label, tone } = describeState(status.state);
  return (
    <footer className={styles.strip}>
      <Popover
        label="Engine"
        side="top"
        trigger={
          <button type="button" className={styles.summary} aria-label={`Engine: ${label}. Show details`}>
            <Badge tone={tone} icon={icons[status.state]}>
              {label}
            </Badge>
            {engineFacts(status).map((fact) => (
              <span key={fact.label} className={styles.fact}>
                <span className={styles.name}>{fact.label}</span>
                <span className={styles.value}>{fact.value}</span>
              </span>
            ))}
          </button>
        }
      >
        <EngineDetails status={status} />
      </Popover>
      <span className={styles.detail} title={status.detail}>
        {status.detail}
      </span>
      {status.state === 'loading' && (
        <Progress value={status.progress} label="Loading models" className={styles.progress} />
      )}
      {status.restarts > 0 && <Badge tone="warn">{plural(status.restarts, 'restart')}</Badge>}
      <span className={styles.version}>Specula {info.data.version}</span>
    </footer>
  );
}
