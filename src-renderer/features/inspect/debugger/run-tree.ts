import type { RunSummary } from '#shared/domain/run.ts';

/** A run in the tree of forks. */
export interface TreeRun {
  readonly id: string;
  /** null: it was deleted, and only kept for its forks */
  readonly run: RunSummary | null;
  readonly depth: number;
  /** what it does otherwise than its parent, in words */
  readonly label: string;
}

/** The runs that hang together with a run by forks, parents before children, oldest first; a run of its own is alone. */
export function treeOfRuns(runs: readonly RunSummary[], id: string): readonly TreeRun[] {
  const byId = new Map(runs.map((run) => [run.id, run]));
  let root = id;
  for (let at = byId.get(id); at !== undefined && at.fork !== null; at = byId.get(root))
    root = at.fork.parent;
  const children = Map.groupBy(
    [...runs].sort((a, b) => a.createdAt - b.createdAt),
    (run) => run.fork?.parent ?? '',
  );
  const out: TreeRun[] = [];
  const visit = (runId: string, depth: number): void => {
    const run = byId.get(runId) ?? null;
    out.push({ id: runId, run, depth, label: labelOf(run) });
    for (const child of children.get(runId) ?? []) visit(child.id, depth + 1);
  };
  visit(root, 0);
  return out;
}

function labelOf(run: RunSummary | null): string {
  if (run === null) return 'deleted; its rounds are kept for its forks';
  if (run.fork === null) return 'from the first round';
  const changes = run.fork.changes.map(({ what, from, to }) =>
    what === 'token' ? `«${from.trim()}» → «${to.trim()}»` : `${what} ${to}`,
  );
  return `from round ${run.fork.round}: ${changes.length === 0 ? 'nothing changed' : changes.join(', ')}`;
}
