/**
 * A small run, written by hand: a prefill round, a round whose draft was accepted for one token and then corrected,
 * and a round that the gate skipped. Token ids: 1 "I", 2 " see", 3 " a", 4 " red", 5 " blue", 6 " green".
 */
import type { RoundDetail, RunDetail } from '#shared/contract/calls.ts';
import type { Round, RoundRecord } from '#shared/domain/round.ts';
import type { RunSpec, Turn } from '#shared/domain/run.ts';
import type { AnswerToken } from '#shared/domain/token.ts';
import type { DraftTree, TopTokens } from '#shared/domain/tree.ts';
import { addRound, emptyTotals } from '#shared/metrics/totals.ts';
import { type RunView, viewOf } from '../../../../src-renderer/features/inspect/model/run-view.ts';
import { runSummary } from '../fixtures.ts';

export const words = ['', 'I', ' see', ' a', ' red', ' blue', ' green'];

const base64 = (text: string) => Buffer.from(text, 'utf8').toString('base64');
export const pieces = words.slice(1).map((text, i) => ({ id: i + 1, bytes: base64(text) }));

export function token(
  patch: Partial<AnswerToken> & Pick<AnswerToken, 'id' | 'round' | 'origin'>,
): AnswerToken {
  return {
    turn: 0,
    index: 0,
    depth: 0,
    rowNode: 0,
    pTarget: 0.9,
    targetRank: 0,
    pDraft: null,
    draftRank: null,
    entropy: 0.1,
    margin: 3,
    score: 0.2,
    shares: { system: 0.1, image: 0.2, text: 0.3, generated: 0.4 },
    ...patch,
  };
}

export function round(patch: Partial<Round> & Pick<Round, 'index'>): Round {
  return {
    turn: 0,
    firstToken: 0,
    drafted: 0,
    accepted: 0,
    noDraft: null,
    gate: { score: null, threshold: null, hit: false, skipped: false, forgone: null },
    ms: { draft: 1, verify: 2, capture: 0.5, other: 0.5 },
    ...patch,
  };
}

const top = (ids: number[], probs: number[]): TopTokens => ({ ids, probs });

/** Root " see" with children " a" (accepted), " green" (refused); below " a": " blue" (refused), " red" (cut); below " green": " red". */
export const tree: DraftTree = {
  verified: 5,
  tokens: [2, 3, 6, 5, 4, 4],
  parents: [-1, 0, 0, 1, 2, 1],
  fates: ['root', 'accepted', 'not-chosen', 'not-chosen', 'parent-refused', 'cut-budget'],
  draftProb: [null, 0.6, 0.3, 0.5, 0.4, 0.2],
  draftRank: [null, 0, 1, 0, 0, 1],
  logProb: [null, -0.51, -1.2, -1.2, -2.12, -2.12],
  targetProb: [null, 0.93, 0.02, 0.04, 0.5, null],
  targetRank: [null, 0, 2, 1, 0, null],
  targetTop: [
    top([3, 5, 6], [0.93, 0.05, 0.02]),
    top([4, 5], [0.88, 0.04]),
    top([4], [0.5]),
    top([6], [0.4]),
    top([6], [0.4]),
  ],
  entropy: [0.3, 0.4, 1, 1, 1],
  margin: [3, 3, 1, 1, 1],
  imageShare: [0.2, 0.5, 0.1, 0.1, 0.1],
  draftTop: [top([3, 6], [0.6, 0.3]), top([5, 4], [0.5, 0.2]), top([4], [0.4]), null, null, null],
  provenance: null,
};

export const plainTree: DraftTree = {
  verified: 1,
  tokens: [1],
  parents: [-1],
  fates: ['root'],
  draftProb: [null],
  draftRank: [null],
  logProb: [null],
  targetProb: [null],
  targetRank: [null],
  targetTop: [top([2], [0.9])],
  entropy: [0.1],
  margin: [3],
  imageShare: [0.2],
  draftTop: [null],
  provenance: null,
};

export const turn: Turn = {
  index: 0,
  user: 'What is it?',
  promptTokens: [1, 2, -1, -1, 3, 4],
  imageTokens: 2,
  image: { width: 20, height: 10 },
  grids: [{ nx: 2, ny: 1, area: { x: 0, y: 0, w: 20, h: 10 } }],
  gridProblem: null,
  prefillMs: { tokenize: 1, encode: 1, decode: 1, draft: 1 },
  endedBy: null,
};

const frame = (rows: number) => ({
  layer: 3,
  rows,
  patches: 2,
  scale: Array.from({ length: rows }, (_, i) => 0.1 * (i + 1)),
  data: Buffer.from(Array.from({ length: rows }, () => [255, 51]).flat()).toString('base64'),
});

const rounds = [
  round({ index: 0, noDraft: 'prefill' }),
  round({ index: 1, firstToken: 1, drafted: 4, accepted: 1 }),
  round({
    index: 2,
    firstToken: 3,
    noDraft: 'gate',
    gate: { score: 0.61, threshold: 0.35, hit: true, skipped: true, forgone: null },
  }),
] as const;

const tokens = [
  [token({ id: 2, round: 0, origin: 'prefill' })],
  [
    token({
      id: 3,
      round: 1,
      index: 1,
      origin: 'accepted',
      depth: 1,
      pTarget: 0.93,
      pDraft: 0.6,
      draftRank: 0,
    }),
    token({ id: 4, round: 1, index: 2, origin: 'correction', rowNode: 1, pTarget: 0.88, score: 0.61 }),
  ],
  [token({ id: 5, round: 2, index: 3, origin: 'forced-plain' })],
] as const;

/** The three rounds as they arrive while the run is decoded. */
export const records: readonly RoundRecord[] = rounds.map((r, i) => ({
  round: r,
  tokens: tokens[i] ?? [],
  tree: i === 1 ? tree : plainTree,
  attention: [frame(tokens[i]?.length ?? 0)],
  heads: [],
  pieces: i === 0 ? pieces : [],
}));

export const detailOf = (index: number): RoundDetail => {
  const record = records[index];
  if (record === undefined) throw new Error(`no round ${index}`);
  return { tree: record.tree, attention: record.attention, headLayers: [] };
};

/** The run as it is opened after its first `count` rounds. */
export function detail(count = records.length): RunDetail {
  const past = records.slice(0, count);
  const spec: RunSpec = {
    ...runSummary('r').spec,
    projector: 'p',
    draft: 'd',
    method: { name: 'draft-model', shape: { kind: 'dynamic', topK: 2, depth: 1, nodes: 5 } },
    gate: { mode: 'paper', threshold: 0.35 },
  };
  return {
    summary: runSummary('r', {
      totals: past.reduce((totals, record) => addRound(totals, record.round), emptyTotals),
      spec,
    }),
    segments: [{ runId: 'r', from: 0, spec }],
    turns: [turn],
    rounds: past.map((record) => record.round),
    tokens: past.flatMap((record) => record.tokens),
    pieces: past.flatMap((record) => record.pieces),
  };
}

/** A run of plain decoding with these texts as tokens, one per round. */
export function viewOfTexts(texts: readonly string[]): RunView {
  return viewOf({
    ...detail(0),
    rounds: texts.map((_, index) => round({ index, firstToken: index, noDraft: 'method' })),
    tokens: texts.map((_, i) =>
      token({ id: i + 1, index: i, round: i, origin: 'plain', rowNode: i === 0 ? 0 : 1 }),
    ),
    pieces: texts.map((text, i) => ({ id: i + 1, bytes: base64(text) })),
  });
}
