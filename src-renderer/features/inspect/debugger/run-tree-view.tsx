import { useRuns } from '../../../api/queries.ts';
import css from './debugger.module.css';
import { treeOfRuns } from './run-tree.ts';

interface Props {
  readonly runId: string;
  readonly onShow: (runId: string) => void;
}

/** The run, what it was forked from, and its forks. */
export function RunTree({ runId, onShow }: Props) {
  const runs = useRuns().data ?? [];
  const tree = treeOfRuns(runs, runId);
  if (tree.length < 2) return null;
  return (
    <section aria-label="Forks">
      <h3 className={css.title}>Forks</h3>
      <ul className={css.runs}>
        {tree.map(({ id, run, depth, label }) => (
          <li key={id} style={{ paddingLeft: `${depth * 14}px` }}>
            <button
              type="button"
              className={css.run}
              disabled={run === null}
              aria-current={id === runId ? 'true' : undefined}
              onClick={() => onShow(id)}
            >
              <span>{label}</span>
              <small>{run === null ? id : `${run.status}, ${id}`}</small>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
