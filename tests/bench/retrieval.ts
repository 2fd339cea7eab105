/**
 * What a round of each retrieval method costs, drafting and learning, by the length of the text before it:
 * `npm run bench:retrieval`. The target is a text that is known in advance, so the drafters alone are timed.
 */
import { required } from '#shared/domain/assert.ts';
import { defaultMethod, type MethodSpec, methodLabel } from '#shared/domain/method.ts';
import { type Random, seededRandom } from '#shared/domain/random.ts';
import { createDrafter } from '../../src-main/decoding/drafters/create.ts';
import type { Draft, VerifiedRound } from '../../src-main/decoding/drafters/drafter.ts';
import { verifyTree } from '../../src-main/decoding/verify.ts';

const lengths = [1024, 4096, 16_384, 32_768];
const rounds = 1000;
const vocab = 32_000;
const top = 10;

const methods: readonly MethodSpec[] = [
  defaultMethod('pld'),
  defaultMethod('lookahead'),
  { ...required(lookaheadOf('mmspec'), 'lookahead'), shared: false },
  defaultMethod('recycling'),
  defaultMethod('recycling', 'mmspec'),
  defaultMethod('sam'),
  defaultMethod('sam', 'mmspec'),
];

function lookaheadOf(variant: 'mmspec') {
  const method = defaultMethod('lookahead', variant);
  return method.name === 'lookahead' ? method : null;
}

/** Likely successors of a token: the first is the likeliest. */
const successor = (token: number, rank: number): number =>
  (Math.imul(token + 1, 7919 + 613 * rank) >>> 0) % 4000;

/** Texts by how much they repeat themselves. */
const texts: Readonly<Record<string, (count: number, random: Random) => Int32Array>> = {
  'like language (frequent words, likely successors, quotes of what was said)': (count, random) => {
    const text = new Int32Array(count);
    for (let i = 0; i < count; ) {
      const draw = random();
      if (draw < 0.01 && i > 200) {
        const from = Math.floor(random() * (i - 30));
        for (let k = 0; k < 30 && i < count; k++) text[i++] = text[from + k] ?? 0;
      } else if (draw < 0.7 && i > 0) text[i] = successor(text[i - 1] ?? 0, Math.floor(random() ** 2 * 8));
      else text[i] = Math.floor(4000 * random() ** 4);
      i++;
    }
    return text;
  },
  'one phrase of 50 tokens over and over': (count) =>
    Int32Array.from({ length: count }, (_, i) => 100 + (i % 50)),
  'one token over and over': (count) => new Int32Array(count).fill(7),
  'no token twice': (count) => Int32Array.from({ length: count }, (_, i) => i),
};

/** What the target would rank first after a token. */
function guesses(tokens: Int32Array, width: number): Int32Array {
  return Int32Array.from({ length: tokens.length * width }, (_, i) =>
    successor(tokens[Math.floor(i / width)] ?? 0, i % width),
  );
}

function rowsOf(tokens: Int32Array): VerifiedRound['rows'] {
  const n = tokens.length;
  const none = new Float32Array(0);
  return {
    n,
    topIds: guesses(tokens, top),
    topProbs: none,
    topLogits: none,
    entropy: none,
    margin: none,
    ownProb: none,
    ownRank: new Int32Array(0),
    shares: none,
    headShares: none,
    patchMass: none,
    headPatchMass: none,
    cells: new Int32Array(0),
    ms: { decode: 0, capture: 0, reduce: 0 },
  };
}

/** Processor time of this thread in milliseconds, in steps of some: other processes of the machine are not in it. */
function processorTime(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

interface Cost {
  /** milliseconds of processor time for the whole prompt */
  readonly begin: number;
  /** microseconds of a round by the clock: median and 95th percentile, which other processes' turns are in */
  readonly round: number;
  readonly slow: number;
  /** tokens per round */
  readonly mat: number;
}

async function measure(method: MethodSpec, text: Int32Array, promptLength: number): Promise<Cost> {
  const drafter = createDrafter(method, null, vocab);
  const prompt = text.subarray(0, promptLength);
  const promptTop = drafter.promptTop > 0 ? guesses(prompt, drafter.promptTop) : null;
  const started = processorTime();
  await drafter.begin({ tokens: prompt, own: null, top: promptTop });
  const begin = processorTime() - started;
  const costs: number[] = [];
  let at = promptLength;
  let root: Draft = rootOnly(text[at - 1] ?? 0);
  drafter.observe({ tokens: [text[at++] ?? 0], path: [0], draft: root, rows: rowsOf(root.tokens) });
  for (let round = 0; round < rounds; round++) {
    const asked = performance.now();
    const drafted = await drafter.draft({ nodes: 127, depth: 64 });
    const drafting = performance.now() - asked;
    root = rootOnly(text[at - 1] ?? 0);
    const draft = typeof drafted === 'string' ? root : drafted;
    const depth = [0];
    for (const [i, parent] of draft.parents.entries()) if (i > 0) depth.push((depth[parent] ?? 0) + 1);
    const judge = (node: number) => ({ token: text[at + (depth[node] ?? 0)] ?? 0, drawsRefused: 0 });
    const { tokens, path } = verifyTree(draft, judge, { endTokens: new Set(), remaining: 100 });
    const rows = rowsOf(draft.tokens);
    const verified = performance.now();
    drafter.observe({ tokens, path, draft, rows });
    costs.push(1000 * (drafting + performance.now() - verified));
    at += tokens.length;
  }
  costs.sort((a, b) => a - b);
  return {
    begin,
    round: costs[Math.floor(rounds / 2)] ?? 0,
    slow: costs[Math.floor(rounds * 0.95)] ?? 0,
    mat: (at - promptLength - 1) / rounds,
  };
}

function rootOnly(token: number): Draft {
  const [tokens, parents] = [Int32Array.of(token), Int32Array.of(-1)];
  return { verified: 1, tokens, parents, scores: null, top: [null], provenance: null };
}

const cell = (text: string): string => text.padStart(16);

for (const [what, make] of Object.entries(texts)) {
  console.log(
    `\nA text ${what}: µs per round, median (95th percentile), and ms of processor time for the prompt`,
  );
  console.log(
    `${''.padEnd(30)}${lengths.map((n) => cell(`${n / 1024}k`)).join('')}   32k : 1k   tokens per round`,
  );
  for (const method of methods) {
    const costs: Cost[] = [];
    for (const length of lengths) {
      const text = make(length + rounds * 65, seededRandom(1, 0));
      // The first measurement warms the code up.
      for (const run of [0, 1]) {
        const cost = await measure(method, text, length);
        if (run === 1) costs.push(cost);
      }
    }
    const shown = costs.map(({ round, slow, begin }) =>
      cell(`${fixed(round)} (${fixed(slow)}) ${fixed(begin)}`),
    );
    const ratio = (costs.at(-1)?.round ?? 0) / (costs[0]?.round ?? 1);
    console.log(
      `${methodLabel(method).padEnd(30)}${shown.join('')}${ratio.toFixed(2).padStart(11)}${(costs.at(-1)?.mat ?? 0).toFixed(2).padStart(9)}`,
    );
  }
}

function fixed(value: number): string {
  return value < 10 ? value.toFixed(1) : value.toFixed(0);
}
