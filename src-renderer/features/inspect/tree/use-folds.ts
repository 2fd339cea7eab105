import { useCallback, useState } from 'react';

interface Fold {
  readonly key: string;
  readonly nodes: ReadonlySet<number>;
}

const nothing: ReadonlySet<number> = new Set();

function toggled(nodes: ReadonlySet<number>, node: number): ReadonlySet<number> {
  const next = new Set(nodes);
  if (!next.delete(node)) next.add(node);
  return next;
}

/** The folded nodes of one tree, and a function that folds or unfolds one. `key` names the tree: folds belong to it. */
export function useFolds(key: string): readonly [ReadonlySet<number>, (node: number) => void] {
  const [fold, setFold] = useState<Fold>({ key, nodes: nothing });
  const toggle = useCallback(
    (node: number) =>
      setFold((old) => ({ key, nodes: toggled(old.key === key ? old.nodes : nothing, node) })),
    [key],
  );
  return [fold.key === key ? fold.nodes : nothing, toggle];
}
