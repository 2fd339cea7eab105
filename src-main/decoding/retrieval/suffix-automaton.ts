import { Edges } from './edges.ts';

/** A string that ends the text and stood in it before. */
export interface Match {
  readonly length: number;
  /** index of the last token of its first place */
  readonly end: number;
}

const root = 0;

/**
 * The suffix automaton of a growing text: every string of the text leads from the root to a state, and the strings of a
 * state end at the same places. Adding a token takes constant time on average (a text of n tokens has at most 2n states
 * and 3n transitions).
 */
export class SuffixAutomaton {
  readonly #edges = new Edges();
  /** length of the longest string of each state */
  readonly #length: number[] = [];
  /** state of the longest suffix of these strings that ends at more places; -1 for the root */
  readonly #link: number[] = [];
  /** index of the token where these strings end first */
  readonly #end: number[] = [];
  /** state of the whole text */
  #whole = this.#state(0, -1);

  add(token: number): void {
    const at = this.#length[this.#whole] ?? 0;
    const added = this.#state(at + 1, at);
    let state = this.#whole;
    for (; state >= 0 && this.#edges.get(state, token) < 0; state = this.#link[state] ?? -1) {
      this.#edges.set(state, token, added);
    }
    this.#link[added] = state < 0 ? root : this.#exactly(state, token);
    this.#whole = added;
  }

  /** The longest end of the text that stood in it before; length 0 when the last token is new. */
  match(): Match {
    return this.#matchAt(this.#link[this.#whole] ?? root);
  }

  /**
   * The longest string that consists of an end of the text which stood in it before and of `token`, and is in the text
   * (its last place can be the text's end); length 0 when `token` is not.
   */
  matchThen(token: number): Match {
    let state = Math.max(root, this.#link[this.#whole] ?? root);
    while (state !== root && this.#edges.get(state, token) < 0) state = this.#link[state] ?? root;
    const next = this.#edges.get(state, token);
    return next < 0
      ? { length: 0, end: -1 }
      : { length: (this.#length[state] ?? 0) + 1, end: this.#end[next] ?? -1 };
  }

  #matchAt(state: number): Match {
    return state <= root
      ? { length: 0, end: -1 }
      : { length: this.#length[state] ?? 0, end: this.#end[state] ?? -1 };
  }

  #state(length: number, end: number): number {
    this.#length.push(length);
    this.#link.push(-1);
    this.#end.push(end);
    return this.#edges.add();
  }

  /** The state of `state`'s longest string followed by `token`, split off from one with longer strings where needed. */
  #exactly(state: number, token: number): number {
    const next = this.#edges.get(state, token);
    const length = (this.#length[state] ?? 0) + 1;
    if (this.#length[next] === length) return next;
    const split = this.#state(length, this.#end[next] ?? 0);
    this.#edges.copy(next, split);
    this.#link[split] = this.#link[next] ?? root;
    this.#link[next] = split;
    for (
      let from = state;
      from >= 0 && this.#edges.get(from, token) === next;
      from = this.#link[from] ?? -1
    ) {
      this.#edges.set(from, token, split);
    }
    return split;
  }
}
