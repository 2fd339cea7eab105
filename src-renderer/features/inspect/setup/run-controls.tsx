import { Pause, Play, Square, StepForward } from 'lucide-react';
import { Button } from '../../../ui/button.tsx';
import { IconButton } from '../../../ui/icon-button.tsx';
import { Tooltip } from '../../../ui/tooltip.tsx';
import css from './setup.module.css';
import type { RunDriver } from './use-run-driver.ts';

/** Run, Step, Pause, Continue, Stop: whatever makes sense now. */
export function RunControls({ driver }: { readonly driver: RunDriver }) {
  const { phase, problems, busy } = driver;
  const blocked = problems.length > 0;
  const why = blocked ? problems.join(' ') : 'Decode the whole answer';
  return (
    <div className={css.controls}>
      {phase === 'idle' && (
        <>
          <IconButton
            label={blocked ? why : 'Decode one round, then pause'}
            keys={blocked ? undefined : 'n'}
            variant="default"
            disabled={blocked || busy}
            onClick={driver.step}
          >
            <StepForward />
          </IconButton>
          <Tooltip content={why} keys={blocked ? undefined : '$mod+Enter'}>
            <Button variant="primary" icon={<Play />} disabled={blocked} busy={busy} onClick={driver.run}>
              Run
            </Button>
          </Tooltip>
        </>
      )}
      {phase === 'paused' && (
        <>
          <IconButton
            label="Decode one round"
            keys="n"
            variant="default"
            disabled={busy}
            onClick={driver.step}
          >
            <StepForward />
          </IconButton>
          <Tooltip content="Go on to the end" keys="p">
            <Button variant="primary" icon={<Play />} disabled={busy} onClick={driver.toggle}>
              Continue
            </Button>
          </Tooltip>
        </>
      )}
      {phase === 'running' && (
        <Tooltip content="Pause after the current round" keys="p">
          <Button icon={<Pause />} disabled={busy} onClick={driver.toggle}>
            Pause
          </Button>
        </Tooltip>
      )}
      {phase !== 'idle' && (
        <Tooltip content="End the run; what was decoded is kept" keys="x">
          <Button icon={<Square />} disabled={busy} onClick={driver.stop}>
            Stop
          </Button>
        </Tooltip>
      )}
    </div>
  );
}
