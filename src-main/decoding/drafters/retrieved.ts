import type { Provenance } from '#shared/domain/tree.ts';
import type { Draft } from './drafter.ts';

/** A draft that is put together node by node from retrieved tokens; parents are added before their children. */
export class RetrievedDraft {
  readonly #tokens: number[];
  readonly #parents = [-1];
  readonly #provenance: (Provenance | null)[] = [null];

  constructor(root: number) {
    this.#tokens = [root];
  }

  /** Nodes so far, the root included. */
  get size(): number {
    return this.#tokens.length;
  }

  /** Adds a node and returns its index. */
  add(parent: number, token: number, provenance: Provenance): number {
    this.#parents.push(parent);
    this.#provenance.push(provenance);
    return this.#tokens.push(token) - 1;
  }

  token(node: number): number {
    return this.#tokens[node] ?? 0;
  }

  parent(node: number): number {
    return this.#parents[node] ?? -1;
  }

  finish(): Draft {
    return {
      verified: this.size,
      tokens: Int32Array.from(this.#tokens),
      parents: Int32Array.from(this.#parents),
      scores: null,
      top: this.#tokens.map(() => null),
      provenance: this.#provenance,
    };
  }
}

/** A chain copied from places `start`, `start + 1` and on of a turn's prompt and answer. */
export function copiedChain(
  text: readonly number[],
  promptLength: number,
  span: { readonly start: number; readonly length: number; readonly matched: number },
): Draft {
  const draft = new RetrievedDraft(text.at(-1) ?? 0);
  for (let at = span.start; at < span.start + span.length; at++) {
    const source = at < promptLength ? 'prompt' : 'answer';
    draft.add(draft.size - 1, text[at] ?? 0, { source, matched: span.matched, at, rank: null });
  }
  return draft.finish();
}
