import { Bug, Pause, Play, Square, StepForward, Undo2 } from 'lucide-react';
import { Button } from '../../../ui/button.tsx';
import { IconButton } from '../../../ui/icon-button.tsx';
import { Tooltip } from '../../../ui/tooltip.tsx';
import { useBreakpoints } from '../debugger/use-breakpoints.ts';
import type { Debugger } from '../debugger/use-debugger.ts';
import { useDebuggerOpen } from '../debugger/use-debugger-open.ts';
import css from './setup.module.css';
import type { RunDriver } from './use-run-driver.ts';

/** Run, Step, Pause, Continue, Stop: whatever makes sense now. */
export function RunControls({ driver, debug }: { readonly driver: RunDriver; readonly debug: Debugger }) {
  const { breakpoints } = useBreakpoints();
  const { open, toggle } = useDebuggerOpen();
  const on = breakpoints.filter((b) => b.on).length;
  const { phase, problems, busy } = driver;
  const blocked = problems.length > 0;
  const why = blocked ? problems.join(' ') : 'Decode the whole answer';
  return (
    <div className={css.controls}>
      <IconButton
        label={`Debugger, ${on} ${on === 1 ? 'breakpoint' : 'breakpoints'} on`}
        keys="d"
        pressed={open}
        onClick={toggle}
      >
        <Bug />
      </IconButton>
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
            label="Take a round back"
            keys="b"
            variant="default"
            disabled={!debug.canBack || debug.busy}
            onClick={() => debug.back(debug.rounds - 1)}
          >
            <Undo2 />
          </IconButton>
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
