import type { RoundDetail } from '#shared/contract/calls.ts';
import type { MethodSpec } from '#shared/domain/method.ts';
import { type RunView, specAt, tokenSpan } from '../model/run-view.ts';
import { tokenLabel } from '../model/vocabulary.ts';
import type { ReasonContext } from '../words/node-reason.ts';

/** What the words about a round's nodes need. */
export function reasonContext(view: RunView, round: number, detail: RoundDetail): ReasonContext {
  const { method, sampling } = specAt(view, round);
  return {
    tree: detail.tree,
    committed: view.tokens.slice(...tokenSpan(view, round)),
    label: (id) => tokenLabel(view.vocabulary, id),
    sampling: sampling.temperature > 0,
    nodeBudget: nodeBudgetOf(method),
  };
}

/** Nodes that a method's tree may have; null where it has no such limit. */
export function nodeBudgetOf(method: MethodSpec): number | null {
  return 'shape' in method && method.shape.kind === 'dynamic' ? method.shape.nodes : null;
}
