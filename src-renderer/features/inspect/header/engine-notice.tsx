import type { EngineStatus } from '#shared/contract/status.ts';
import { assertNever } from '#shared/domain/assert.ts';
import { useRestartEngine } from '../../../api/queries.ts';
import { Button } from '../../../ui/button.tsx';
import { Progress } from '../../../ui/progress.tsx';
import { toast } from '../../../ui/toaster.tsx';
import css from './header.module.css';

interface Props {
  readonly status: EngineStatus | undefined;
  /** run that is shown */
  readonly shown: string | undefined;
  readonly onShow: (runId: string) => void;
}

/** What the engine does or why it cannot, where it matters for this screen; nothing while it is idle or decodes the shown run. */
export function EngineNotice({ status, shown, onShow }: Props) {
  const restart = useRestartEngine();
  if (status === undefined) return null;
  switch (status.state) {
    case 'idle':
      return null;
    case 'running':
    case 'paused':
      return <OtherRun runId={status.runId} shown={shown} onShow={onShow} />;
    case 'starting':
    case 'loading':
      return (
        <div className={css.notice} role="status">
          <span>{status.detail}</span>
          <Progress className={css.progress} label={status.detail} value={status.progress} />
        </div>
      );
    case 'crashed':
    case 'unavailable':
      return (
        <div className={css.notice} data-level="error" role="alert">
          <span>{status.detail}</span>
          <Button
            size="s"
            busy={restart.isPending}
            onClick={() =>
              restart.mutate(undefined, {
                onError: (error) => toast.failure('The engine could not be restarted', error),
              })
            }
          >
            Restart the engine
          </Button>
          {status.logTail.length > 0 && (
            <details className={css.log}>
              <summary>Last lines of its log</summary>
              <pre>{status.logTail.join('\n')}</pre>
            </details>
          )}
        </div>
      );
    default:
      return assertNever(status.state);
  }
}

function OtherRun({
  runId,
  shown,
  onShow,
}: { readonly runId: string | null } & Pick<Props, 'shown' | 'onShow'>) {
  if (runId === null || runId === shown) return null;
  return (
    <div className={css.notice} role="status">
      <span>Another run is going on; settings can be changed when it has ended.</span>
      <Button size="s" onClick={() => onShow(runId)}>
        Show it
      </Button>
    </div>
  );
}
