import type { MethodSpec, Variant } from '#shared/domain/method.ts';
import type { NoDraftReason } from '#shared/domain/round.ts';
import { chainShape, type StaticShape } from '#shared/domain/shapes.ts';
import type { Provenance } from '#shared/domain/tree.ts';
import type { Draft, DraftBudget, Drafter, DrafterPrompt, VerifiedRound } from './drafter.ts';
import { RetrievedDraft } from './retrieved.ts';

/** Tokens kept per token: the columns of the adjacency matrix (methods.md 4.3). */
const columns = 8;
/** `mmspec`: tokens of the answer, and longest n-gram, that are looked at for a repetition. */
const remembered = 50;
const longestRepeat = 10;

/** The target's most likely tokens after a token, and for which place it gave them. */
interface Row {
  readonly ids: readonly number[];
  readonly source: Provenance['source'];
  readonly at: number;
}

/**
 * Token Recycling (methods.md 4.3): the target's top tokens of every row it ever computed in this turn, accepted or not,
 * are kept by the token they follow, and a fixed tree is filled from them, breadth first.
 */
export class RecyclingDrafter implements Drafter {
  readonly drafts = true;
  readonly promptTop = columns;
  readonly #variant: Variant;
  readonly #shape: StaticShape;
  #rows = new Map<number, Row>();
  #answer: number[] = [];
  #promptLength = 0;

  constructor({
    variant,
    shape,
  }: Pick<Extract<MethodSpec, { readonly name: 'recycling' }>, 'variant' | 'shape'>) {
    this.#variant = variant;
    this.#shape = shape.kind === 'chain' ? chainShape(shape.length) : shape;
  }

  begin({ tokens, top }: DrafterPrompt): Promise<void> {
    if (top === null) throw new Error('the target gave no top tokens of the prompt; ask for `promptTop`');
    this.#rows = new Map();
    this.#answer = [];
    this.#promptLength = tokens.length;
    const width = top.length / tokens.length;
    for (const [i, token] of tokens.entries()) {
      if (token < 0) continue;
      const at = i + 1;
      const source = at < tokens.length ? 'prompt' : 'answer';
      this.#rows.set(token, { ids: Array.from(top.subarray(i * width, at * width)), source, at });
    }
    return Promise.resolve();
  }

  draft(budget: DraftBudget): Promise<Draft | NoDraftReason> {
    const { parents, ranks } = this.#shape;
    const draft = new RetrievedDraft(this.#answer.at(-1) ?? 0);
    /** node of the draft by node of the shape; -1: left out */
    const nodeOf = [0];
    const depth = [0];
    for (const [i, parent] of parents.entries()) {
      const level = (depth[parent] ?? 0) + 1;
      depth.push(level);
      const above = nodeOf[parent] ?? -1;
      const row = above < 0 ? undefined : this.#rows.get(draft.token(above));
      const rank = ranks[i] ?? 0;
      const token = row?.ids[rank];
      if (row === undefined || token === undefined || level > budget.depth || draft.size > budget.nodes) {
        nodeOf.push(-1);
      } else if (this.#variant === 'mmspec' && this.#wouldRepeat(draft, above, token)) nodeOf.push(-1);
      else nodeOf.push(draft.add(above, token, { source: row.source, matched: 1, at: row.at, rank }));
    }
    return Promise.resolve(draft.size === 1 ? 'no-match' : draft.finish());
  }

  observe({ tokens, draft, path, rows }: VerifiedRound): void {
    const width = rows.topIds.length / rows.n;
    const root = this.#promptLength + this.#answer.length - 1;
    const accepted = new Set(path);
    const depth: number[] = [];
    const keep = (node: number, source: Provenance['source']): void => {
      const token = draft.tokens[node] ?? -1;
      if (token < 0) return;
      const ids = Array.from(rows.topIds.subarray(node * width, node * width + Math.min(width, columns)));
      this.#rows.set(token, { ids, source, at: root + (depth[node] ?? 0) + 1 });
    };
    for (let node = 0; node < draft.verified; node++) {
      depth.push(node === 0 ? 0 : (depth[draft.parents[node] ?? 0] ?? 0) + 1);
      if (!accepted.has(node)) keep(node, 'draft');
    }
    // Of two rows after the same token the one in the answer counts.
    for (const node of path) keep(node, 'answer');
    for (const token of tokens) this.#answer.push(token);
  }

  /** Whether the end of the answer with this branch would be some n-gram twice in a row. */
  #wouldRepeat(draft: RetrievedDraft, above: number, token: number): boolean {
    const branch: number[] = [token];
    for (let node = above; node > 0; node = draft.parent(node)) branch.push(draft.token(node));
    const end = [...this.#answer.slice(-remembered), ...branch.reverse()];
    for (let n = 1; n <= Math.min(longestRepeat, end.length / 2); n++) {
      if (end.slice(-n).every((id, i) => id === end[end.length - 2 * n + i])) return true;
    }
    return false;
  }
}
