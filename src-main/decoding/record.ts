import type { GateOutcome } from '#shared/domain/gate.ts';
import type { NoDraftReason, RoundRecord, RoundTimes, TokenPiece } from '#shared/domain/round.ts';
import type { AnswerToken, TokenOrigin } from '#shared/domain/token.ts';
import type { DraftTree, TopTokens } from '#shared/domain/tree.ts';
import { attentionFrames, type Capture, headFrames, imageShareAt, scoreAt, sharesAt } from './attention.ts';
import { sixDigits } from './digits.ts';
import type { Draft } from './drafters/drafter.ts';
import type { RowsOut, TreeModel } from './model.ts';
import { softmax } from './sampler.ts';
import type { Verdict } from './verify.ts';

/** All that is known about a round once it is verified. */
export interface RoundFacts {
  readonly index: number;
  readonly turn: number;
  readonly firstToken: number;
  readonly gate: GateOutcome;
  readonly noDraft: NoDraftReason | null;
  /** the user set the token */
  readonly byUser: boolean;
  readonly draft: Draft;
  readonly rows: RowsOut;
  readonly verdict: Verdict;
  readonly capture: Capture;
  /** the prompt has an image */
  readonly withImage: boolean;
}

/** Probability and 0-based rank of a token. */
export interface Standing {
  readonly prob: number;
  readonly rank: number;
}

/** Where a token stands in the target's raw distribution at a node. Full logits are read only if it is not among the top tokens. */
export function standingOf(rows: RowsOut, node: number, token: number, logits: () => Float32Array): Standing {
  const topK = rows.topIds.length / rows.n;
  for (let rank = 0; rank < topK; rank++) {
    if (rows.topIds[node * topK + rank] === token)
      return { prob: rows.topProbs[node * topK + rank] ?? 0, rank };
  }
  const all = logits();
  const own = all[token] ?? 0;
  let rank = 0;
  for (let id = 0; id < all.length; id++) {
    const other = all[id] ?? 0;
    if (other > own || (other === own && id < token)) rank++;
  }
  return { prob: softmax(all, 1)[token] ?? 0, rank };
}

/** The tokens that a round committed. `own` is the standing of the last one, which is the target's own. */
export function answerTokens(facts: RoundFacts, own: Standing): AnswerToken[] {
  const { verdict, rows, draft, capture } = facts;
  const last = verdict.tokens.length - 1;
  return verdict.tokens.map((id, i) => {
    const rowNode = verdict.path[i] ?? 0;
    const accepted = i < last;
    const node = verdict.path[i + 1] ?? 0;
    const shares = sharesAt(rows, capture, rowNode);
    const drafted = accepted ? scoreOf(draft, node) : topStanding(draft.top[rowNode] ?? null, id);
    return {
      turn: facts.turn,
      index: facts.firstToken + i,
      id,
      origin: accepted ? 'accepted' : ownOrigin(facts, rowNode),
      depth: accepted ? i + 1 : 0,
      round: facts.index,
      rowNode,
      pTarget: sixDigits(accepted ? (rows.ownProb[node] ?? 0) : own.prob),
      targetRank: accepted ? (rows.ownRank[node] ?? 0) : own.rank,
      pDraft: drafted && sixDigits(drafted.prob),
      draftRank: drafted?.rank ?? null,
      entropy: sixDigits(rows.entropy[rowNode] ?? 0),
      margin: sixDigits(rows.margin[rowNode] ?? 0),
      score: facts.withImage ? scoreAt(rows, capture, rowNode) : null,
      shares,
    };
  });
}

function ownOrigin(facts: RoundFacts, rowNode: number): TokenOrigin {
  const { draft, verdict } = facts;
  if (facts.byUser) return 'user';
  if (facts.noDraft === 'prefill') return 'prefill';
  if (facts.gate.skipped) return 'forced-plain';
  if (draft.verified === 1) return 'plain';
  for (let i = rowNode + 1; i < draft.verified; i++) {
    // A child with the target's very token was not refused: the answer merely ended there.
    if (draft.parents[i] === rowNode && verdict.fates[i] === 'after-end') return 'bonus';
  }
  for (let i = rowNode + 1; i < draft.verified; i++) if (draft.parents[i] === rowNode) return 'correction';
  return 'bonus';
}

function scoreOf(draft: Draft, node: number): Standing | null {
  return draft.scores && { prob: draft.scores.prob[node] ?? 0, rank: draft.scores.rank[node] ?? 0 };
}

function topStanding(top: TopTokens | null, id: number): Standing | null {
  const rank = top?.ids.indexOf(id) ?? -1;
  return rank < 0 ? null : { prob: top?.probs[rank] ?? 0, rank };
}

/** Puts the record of a round together. `times` is called last. */
export function recordRound(
  facts: RoundFacts,
  tokens: readonly AnswerToken[],
  pieces: readonly TokenPiece[],
  tree: DraftTree,
  times: () => RoundTimes,
): RoundRecord {
  const { rows, capture, verdict } = facts;
  const attention = attentionFrames(rows, capture, verdict.path);
  const heads = headFrames(rows, capture, verdict.path);
  return {
    tokens,
    tree,
    attention,
    heads,
    pieces,
    round: {
      index: facts.index,
      turn: facts.turn,
      firstToken: facts.firstToken,
      drafted: facts.draft.verified - 1,
      accepted: facts.verdict.tokens.length - 1,
      noDraft: facts.noDraft,
      gate: facts.gate,
      ms: times(),
    },
  };
}

/** The round's draft tree, column by column, joined with what the target said about every node. */
export function recordTree(facts: RoundFacts): DraftTree {
  const { draft, rows, verdict, capture } = facts;
  const { verified, scores } = draft;
  const count = draft.tokens.length;
  const draftProb: (number | null)[] = [null];
  const draftRank: (number | null)[] = [null];
  const logProb: (number | null)[] = [null];
  const targetProb: (number | null)[] = [null];
  const targetRank: (number | null)[] = [null];
  for (let i = 1; i < count; i++) {
    draftProb.push(scores && sixDigits(scores.prob[i] ?? 0));
    draftRank.push(scores && (scores.rank[i] ?? 0));
    logProb.push(scores && sixDigits(scores.logProb[i] ?? 0));
    targetProb.push(i < verified ? sixDigits(rows.ownProb[i] ?? 0) : null);
    targetRank.push(i < verified ? (rows.ownRank[i] ?? 0) : null);
  }
  const targetTop: TopTokens[] = [];
  const entropy: number[] = [];
  const margin: number[] = [];
  const imageShare: (number | null)[] = [];
  for (let i = 0; i < verified; i++) {
    targetTop.push(topOf(rows, i));
    entropy.push(sixDigits(rows.entropy[i] ?? 0));
    margin.push(sixDigits(rows.margin[i] ?? 0));
    imageShare.push(imageShareAt(rows, capture, i));
  }
  return {
    verified,
    tokens: Array.from(draft.tokens),
    parents: Array.from(draft.parents),
    fates: verdict.fates,
    draftProb,
    draftRank,
    logProb,
    targetProb,
    targetRank,
    targetTop,
    entropy,
    margin,
    imageShare,
    draftTop: draft.top.map((top) => top && { ids: top.ids, probs: top.probs.map(sixDigits) }),
    provenance: draft.provenance,
  };
}

function topOf(rows: RowsOut, node: number): TopTokens {
  const topK = rows.topIds.length / rows.n;
  const ids: number[] = [];
  const probs: number[] = [];
  for (let i = node * topK; i < (node + 1) * topK; i++) {
    ids.push(rows.topIds[i] ?? 0);
    probs.push(sixDigits(rows.topProbs[i] ?? 0));
  }
  return { ids, probs };
}

/** Pieces of all ids that a tree (and `more`) mentions and the run had not; `seen` is updated. */
export function newPieces(
  model: Pick<TreeModel, 'pieces'>,
  seen: Set<number>,
  tree: DraftTree,
  more: Iterable<number>,
): TokenPiece[] {
  const fresh: number[] = [];
  const mention = (id: number) => {
    if (id < 0 || seen.has(id)) return;
    seen.add(id);
    fresh.push(id);
  };
  for (const id of more) mention(id);
  for (const id of tree.tokens) mention(id);
  for (const top of tree.targetTop) for (const id of top.ids) mention(id);
  for (const top of tree.draftTop) if (top) for (const id of top.ids) mention(id);
  if (fresh.length === 0) return [];
  const bytes = model.pieces(Int32Array.from(fresh));
  return fresh.map((id, i) => ({ id, bytes: Buffer.from(bytes[i] ?? []).toString('base64') }));
}
