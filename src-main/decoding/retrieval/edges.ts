/**
 * Transitions of a growing graph whose nodes are numbered from 0, by token. Nearly all nodes of tries and automata over
 * text have one, so only those with more get a map.
 */
export class Edges {
  readonly #token: number[] = [];
  /** -1: none */
  readonly #target: number[] = [];
  /** all transitions of the nodes that have several */
  readonly #several = new Map<number, Map<number, number>>();

  /** Number of nodes. */
  get size(): number {
    return this.#target.length;
  }

  /** Adds a node without transitions and returns its number. */
  add(): number {
    this.#token.push(0);
    return this.#target.push(-1) - 1;
  }

  /** Target of a transition, -1 where there is none. */
  get(node: number, token: number): number {
    const target = this.#target[node] ?? -1;
    if (target >= 0 && this.#token[node] === token) return target;
    return this.#several.get(node)?.get(token) ?? -1;
  }

  set(node: number, token: number, target: number): void {
    const several = this.#several.get(node);
    const only = this.#target[node] ?? -1;
    if (several !== undefined) several.set(token, target);
    else if (only >= 0 && this.#token[node] !== token) {
      this.#several.set(
        node,
        new Map([
          [this.#token[node] ?? 0, only],
          [token, target],
        ]),
      );
      this.#target[node] = -1;
    } else {
      this.#token[node] = token;
      this.#target[node] = target;
    }
  }

  /** Gives `to` (without transitions) those of `from`. */
  copy(from: number, to: number): void {
    for (const [token, target] of this.of(from)) this.set(to, token, target);
  }

  /** Token and target of each transition, in the order in which they were first set. */
  of(node: number): Iterable<readonly [token: number, target: number]> {
    const several = this.#several.get(node);
    if (several !== undefined) return several;
    const target = this.#target[node] ?? -1;
    return target < 0 ? [] : [[this.#token[node] ?? 0, target]];
  }
}
