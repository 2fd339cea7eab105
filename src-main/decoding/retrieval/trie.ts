import { Edges } from './edges.ts';

/** Weight of what was seen in answers; what was seen in the current prompt has the rest (methods.md 4.2). */
const answerWeight = 1e-4;

/** Children of a node that can be of use: a draft has at most 128 nodes with its root. */
const kept = 127;

/** Nodes above which, between two texts, what answers said only once is forgotten. */
const defaultLimit = 500_000;

/** Where a node was seen last: text by number, place in it. */
export interface Place {
  readonly text: number;
  readonly at: number;
}

/** A node of a branch, `parent` being the index of another one before it; -1: the last token of the query. */
export interface Branch {
  readonly parent: number;
  readonly token: number;
  readonly place: Place;
}

/**
 * What followed each token, up to a number of tokens, with counts: prompts count for the current text only, answers for
 * good. Node 0 stands before every text; its children are the tokens themselves.
 */
export class Trie {
  readonly #limit: number;
  #edges = new Edges();
  #answers: number[] = [];
  /** counts in the prompt of text `#promptText[node]`, which are worth nothing in a later text */
  #prompts: number[] = [];
  #promptText: number[] = [];
  /** token that leads to each node */
  #token: number[] = [];
  #seenText: number[] = [];
  #seenAt: number[] = [];
  /** heaviest children of nodes that were asked for in this text, best first, at most `kept`; kept up to date by `add` */
  readonly #heavy = new Map<number, number[]>();
  #text = -1;
  #finish = (): void => {};

  constructor(limit = defaultLimit) {
    this.#limit = limit;
    this.#node(0);
  }

  get size(): number {
    return this.#edges.size;
  }

  /** Number of the current text, counted from 0; -1 before the first. */
  get text(): number {
    return this.#text;
  }

  /**
   * Begins a text and returns its number: the counts of the prompt before are void. `finish` is called when another text
   * begins, to add what is left of this one.
   */
  beginText(finish: () => void): number {
    this.#finish();
    this.#finish = finish;
    this.#heavy.clear();
    if (this.size > this.#limit) this.#shrink();
    return ++this.#text;
  }

  /** Adds tokens[from] and at most `branch` tokens after it, up to an image token (-1); places are indices of `tokens`. */
  add(kind: 'prompt' | 'answer', tokens: ArrayLike<number>, from: number, branch: number): void {
    const end = Math.min(tokens.length, from + branch + 1);
    for (let at = from, node = 0, parent = 0; at < end && (tokens[at] ?? -1) >= 0; at++, parent = node) {
      node = this.#child(parent, tokens[at] ?? 0);
      if (kind === 'answer') this.#answers[node] = (this.#answers[node] ?? 0) + 1;
      else {
        this.#prompts[node] = this.#promptCount(node) + 1;
        this.#promptText[node] = this.#text;
      }
      this.#seenText[node] = this.#text;
      this.#seenAt[node] = at;
      const heavy = this.#heavy.get(parent);
      if (heavy !== undefined) this.#place(heavy, node);
    }
  }

  /**
   * The branches after `query`, at most `nodes` nodes and `depth` levels: those with the highest weights, depth first, the
   * heaviest child first (the one seen first at a tie). Empty when the query is not there or nothing followed it.
   */
  branches(query: readonly number[], nodes: number, depth: number): readonly Branch[] {
    let top = 0;
    for (const token of query) {
      top = this.#edges.get(top, token);
      if (top < 0 || this.#weight(top) === 0) return [];
    }
    const least = this.#leastOfBest(top, nodes);
    const found: Branch[] = [];
    const visit = (node: number, parent: number, level: number): void => {
      if (level > depth) return;
      for (const child of this.#heaviest(node)) {
        if (found.length >= nodes || this.#weight(child) < least) return;
        const place = { text: this.#seenText[child] ?? 0, at: this.#seenAt[child] ?? 0 };
        visit(child, found.push({ parent, token: this.#token[child] ?? 0, place }) - 1, level + 1);
      }
    };
    visit(top, -1, 1);
    return found;
  }

  #node(token: number): number {
    this.#token.push(token);
    this.#answers.push(0);
    this.#prompts.push(0);
    this.#promptText.push(-1);
    this.#seenText.push(-1);
    this.#seenAt.push(0);
    return this.#edges.add();
  }

  #child(node: number, token: number): number {
    const known = this.#edges.get(node, token);
    if (known >= 0) return known;
    const added = this.#node(token);
    this.#edges.set(node, token, added);
    return added;
  }

  #promptCount(node: number): number {
    return this.#promptText[node] === this.#text ? (this.#prompts[node] ?? 0) : 0;
  }

  #weight(node: number): number {
    return (1 - answerWeight) * this.#promptCount(node) + answerWeight * (this.#answers[node] ?? 0);
  }

  /** The heaviest children of positive weight, best first, at most `kept`; the one added first at a tie. */
  #heaviest(node: number): readonly number[] {
    const known = this.#heavy.get(node);
    if (known !== undefined) return known;
    const heavy: number[] = [];
    for (const [, child] of this.#edges.of(node)) this.#place(heavy, child);
    // Where there is one child, looking is as fast as remembering.
    if (heavy.length > 1) this.#heavy.set(node, heavy);
    return heavy;
  }

  /** Puts a child, new to it or heavier than before, at its place in a list of the heaviest. */
  #place(heavy: number[], child: number): void {
    const weight = this.#weight(child);
    if (weight === 0) return;
    // Nodes are numbered in the order in which they were added.
    const before = (other: number): boolean => {
      const otherWeight = this.#weight(other);
      return otherWeight > weight || (otherWeight === weight && other < child);
    };
    if (heavy.length === kept && before(heavy[kept - 1] ?? 0)) return;
    let at = heavy.indexOf(child);
    if (at < 0) at = heavy.length < kept ? heavy.push(child) - 1 : kept - 1;
    while (at > 0 && !before(heavy[at - 1] ?? 0)) {
      heavy[at] = heavy[at - 1] ?? 0;
      at--;
    }
    heavy[at] = child;
  }

  /** The `count`-th highest weight below a node, or the lowest where there are fewer: weights never rise downwards. */
  #leastOfBest(top: number, count: number): number {
    // Lightest first; more than are still to be taken could never be.
    const open = [...this.#heaviest(top)].reverse();
    let least = 0;
    for (let left = count; left > 0; left--) {
      const best = open.pop();
      if (best === undefined) break;
      least = this.#weight(best);
      for (const child of this.#heaviest(best)) {
        const weight = this.#weight(child);
        if (open.length >= left && weight <= this.#weight(open[0] ?? 0)) break;
        let at = open.length;
        while (at > 0 && this.#weight(open[at - 1] ?? 0) > weight) at--;
        open.splice(at, 0, child);
        if (open.length > left) open.shift();
      }
    }
    return least;
  }

  /** Forgets what answers said once only, and counts the rest half. */
  #shrink(): void {
    const old = { edges: this.#edges, answers: this.#answers, texts: this.#seenText, ats: this.#seenAt };
    this.#edges = new Edges();
    for (const column of [this.#prompts, this.#promptText]) column.length = 0;
    this.#answers = [];
    this.#token = [];
    this.#seenText = [];
    this.#seenAt = [];
    const move = (from: number, to: number): void => {
      for (const [token, child] of old.edges.of(from)) {
        const count = old.answers[child] ?? 0;
        if (count < 2) continue;
        const moved = this.#child(to, token);
        this.#answers[moved] = Math.floor(count / 2);
        this.#seenText[moved] = old.texts[child] ?? -1;
        this.#seenAt[moved] = old.ats[child] ?? 0;
        move(child, moved);
      }
    };
    move(0, this.#node(0));
  }
}
