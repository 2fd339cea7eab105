import { CircleAlert, CircleCheck, Info, TriangleAlert } from 'lucide-react';
import { assertNever } from '#shared/domain/assert.ts';
import { isLive } from '#shared/domain/run.ts';
import { Badge } from '../../../ui/badge.tsx';
import { Button } from '../../../ui/button.tsx';
import { Tooltip } from '../../../ui/tooltip.tsx';
import { DiagnosisButton, Verdict } from '../explain/diagnosis-button.tsx';
import type { RunView } from '../model/run-view.ts';
import { type Health, health } from '../words/health.ts';
import { FingerprintButton } from './fingerprint.tsx';
import css from './header.module.css';
import { LiveProgress } from './live-progress.tsx';
import { Metrics } from './metrics.tsx';
import { statusLook } from './status.ts';

interface Props {
  readonly view: RunView;
  /** turns of the sample, for the time left */
  readonly turns: number;
  /** the settings bar differs from this run's settings */
  readonly differs: boolean;
  readonly onTakeSettings: () => void;
  readonly following: boolean;
  readonly onFollow: () => void;
}

/** Status, metrics and health of the open run. */
export function RunHeader({ view, turns, differs, onTakeSettings, following, onFollow }: Props) {
  const { summary } = view;
  const look = statusLook(summary.status);
  return (
    <header className={css.header}>
      <div className={css.line}>
        <Badge tone={look.tone}>{look.label}</Badge>
        <Metrics view={view} />
        <div className={css.end}>
          {!following && isLive(summary.status) && (
            <Tooltip content="Show the newest round again" keys="End">
              <Button size="s" onClick={onFollow}>
                Follow
              </Button>
            </Tooltip>
          )}
          {differs && !isLive(summary.status) && (
            <Tooltip content="Put the settings of this run into the bar above">
              <Button size="s" variant="ghost" onClick={onTakeSettings}>
                Use its settings
              </Button>
            </Tooltip>
          )}
          <DiagnosisButton view={view} />
          <FingerprintButton summary={summary} />
        </div>
      </div>
      {isLive(summary.status) && <LiveProgress view={view} turns={turns} />}
      {health(view).map((remark) => (
        <p
          key={remark.text}
          className={css.health}
          data-level={remark.level}
          role={remark.level === 'error' ? 'alert' : undefined}
        >
          {iconOf(remark.level)}
          <span>
            {remark.text}
            {remark.level === 'good' && (
              <>
                .{/* Counted anew for every round, so not while they stream in. */}
                {summary.status !== 'running' && <Verdict view={view} />}
              </>
            )}
          </span>
        </p>
      ))}
    </header>
  );
}

function iconOf(level: Health['level']) {
  switch (level) {
    case 'good':
      return <CircleCheck aria-label="Good" />;
    case 'note':
      return <Info aria-label="Note" />;
    case 'silent':
      return <TriangleAlert aria-label="Warning" />;
    case 'error':
      return <CircleAlert aria-label="Error" />;
    default:
      return assertNever(level);
  }
}
