import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Trie } from '../../../../src-main/decoding/retrieval/trie.ts';

interface Added {
  readonly kind: 'prompt' | 'answer';
  readonly tokens: readonly number[];
  readonly from: number;
  readonly text: number;
}

interface Seen {
  weight: number;
  readonly order: number;
  place: { text: number; at: number };
}

/** The definition: every window counts for each of its beginnings (methods.md 4.2); paths are joined with blanks. */
function countPaths(all: readonly Added[], branch: number, current: number): Map<string, Seen> {
  const paths = new Map<string, Seen>();
  for (const { kind, tokens, from, text } of all) {
    let path = '';
    for (let at = from; at <= from + branch && at < tokens.length && tokens[at] !== -1; at++) {
      path += ` ${tokens[at]}`;
      const seen = paths.get(path) ?? { weight: 0, order: paths.size, place: { text, at } };
      if (kind === 'answer') seen.weight += 1e-4;
      else if (text === current) seen.weight += 1 - 1e-4;
      seen.place = { text, at };
      paths.set(path, seen);
    }
  }
  return paths;
}

function expectedBranches(paths: Map<string, Seen>, query: readonly number[], nodes: number, depth: number) {
  const top = query.map((token) => ` ${token}`).join('');
  const below = [...paths].filter(([path, seen]) => path.startsWith(`${top} `) && seen.weight > 1e-9);
  const least =
    below.map(([, { weight }]) => weight).sort((a, b) => b - a)[Math.min(nodes, below.length) - 1] ?? 0;
  const out: { parent: number; token: number; place: Seen['place'] }[] = [];
  const visit = (path: string, parent: number, level: number): void => {
    if (level > depth) return;
    const children = below
      .filter(([other]) => other.startsWith(`${path} `) && !other.slice(path.length + 1).includes(' '))
      // Sums of the same counts in another order differ in the last bits.
      .sort(([, a], [, b]) =>
        Math.abs(a.weight - b.weight) < 1e-9 ? a.order - b.order : b.weight - a.weight,
      );
    for (const [child, seen] of children) {
      if (out.length >= nodes || seen.weight < least - 1e-9) return;
      const token = Number(child.slice(path.length + 1));
      visit(child, out.push({ parent, token, place: seen.place }) - 1, level + 1);
    }
  };
  visit(top, -1, 1);
  return out;
}

const branch = 4;
const texts = fc.array(
  fc.record({
    prompt: fc.array(fc.integer({ min: -1, max: 3 }), { maxLength: 25, size: 'max' }),
    answer: fc.array(fc.nat(3), { maxLength: 15, size: 'max' }),
  }),
  { minLength: 1, maxLength: 3 },
);

describe('trie', () => {
  it('gives the branches that counting gives, heaviest first', () => {
    let several = 0;
    fc.assert(
      fc.property(
        texts,
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 5 }),
        fc.array(fc.nat(3), { minLength: 1, maxLength: 3 }),
        (all, nodes, depth, query) => {
          const trie = new Trie();
          const added: Added[] = [];
          for (const { prompt, answer } of all) {
            const text = trie.beginText(() => {});
            const tokens = [...prompt, ...answer];
            for (const from of prompt.keys()) {
              trie.add('prompt', prompt, from, branch);
              added.push({ kind: 'prompt', tokens: prompt, from, text });
            }
            for (let from = prompt.length; from < tokens.length; from++) {
              trie.add('answer', tokens, from, branch);
              added.push({ kind: 'answer', tokens, from, text });
            }
            const expected = expectedBranches(countPaths(added, branch, text), query, nodes, depth);
            expect(trie.branches(query, nodes, depth)).toEqual(expected);
            if (expected.length > 3) several++;
          }
        },
      ),
      { seed: 1, numRuns: 400 },
    );
    expect(several).toBeGreaterThan(100);
  });

  it('finishes the text before when another begins, and counts its prompt no more', () => {
    const trie = new Trie();
    trie.beginText(() => trie.add('answer', [7, 8], 0, 4));
    trie.add('prompt', [7, 9], 0, 4);
    expect(trie.branches([7], 10, 4).map(({ token }) => token)).toEqual([9]);
    trie.beginText(() => {});
    expect(trie.branches([7], 10, 4)).toEqual([{ parent: -1, token: 8, place: { text: 0, at: 1 } }]);
  });

  it('forgets what answers said once only when it has grown too large', () => {
    const trie = new Trie(5);
    trie.beginText(() => {});
    for (let times = 0; times < 5; times++) trie.add('answer', [1, 2, 3], 0, 4);
    trie.add('answer', [1, 4, 5], 0, 4);
    trie.beginText(() => {});
    // 5 became 2
    expect(trie.branches([1], 10, 4).map(({ token }) => token)).toEqual([2, 3]);
    expect(trie.size).toBe(4);
    for (let times = 0; times < 3; times++) trie.add('answer', [1, 4], 0, 4);
    expect(trie.branches([1], 10, 4).map(({ token }) => token)).toEqual([4, 2, 3]);
  });
});
