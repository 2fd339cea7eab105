import { useEngineStatus } from '../../../api/queries.ts';
import { formatMs, plural } from '../../../ui/format.ts';
import { Progress } from '../../../ui/progress.tsx';
import type { RunView } from '../model/run-view.ts';
import css from './header.module.css';
import { liveProgress } from './live.ts';

/** Round, tokens and an upper bound of the time left, while a run goes on. */
export function LiveProgress({ view, turns }: { readonly view: RunView; readonly turns: number }) {
  const live = liveProgress(view, turns);
  const status = useEngineStatus();
  const paused = view.summary.status === 'paused';
  const hit = status?.runId === view.summary.id ? status.hit : null;
  return (
    <div className={css.live}>
      <Progress
        className={css.progress}
        label="Tokens decoded of the most there can be"
        value={view.rounds.length === 0 ? null : live.done / Math.max(1, live.most)}
      />
      <span>
        {view.rounds.length === 0
          ? 'evaluating the prompt…'
          : `round ${view.rounds.length - 1}, ${live.done} of at most ${plural(live.most, 'token')}`}
        {live.msLeft !== null && !paused && `, at most ${formatMs(live.msLeft)} left`}
      </span>
      {hit !== null && (
        <span role="status">
          stopped at <b>{hit.label}</b>: {hit.found}
        </span>
      )}
    </div>
  );
}
