import { decideGate, type GateOutcome, type GateSpec } from '#shared/domain/gate.ts';
import { type Random, seededRandom } from '#shared/domain/random.ts';
import type { NoDraftReason, RoundRecord } from '#shared/domain/round.ts';
import type { Sampling, Turn } from '#shared/domain/run.ts';
import type { Capture } from './attention.ts';
import type { Draft, Drafter, Prompt } from './drafters/drafter.ts';
import { greedyJudge, samplingJudge } from './judge.ts';
import type { PrefillChunk, PrefillOut, RowsOut, RowWants, TreeModel } from './model.ts';
import { answerTokens, newPieces, type RoundFacts, recordRound, recordTree, standingOf } from './record.ts';
import { type Verdict, verifyTree } from './verify.ts';
import { Watch } from './watch.ts';

export interface DecodeOptions {
  readonly target: TreeModel;
  readonly drafter: Drafter;
  readonly prompt: Prompt;
  /** the prompt for the draft model, in its own parts; null without one */
  readonly draftPrompt: Prompt | null;
  readonly gate: GateSpec;
  readonly sampling: Sampling;
  /** tokens of the answer, at least 1 */
  readonly maxTokens: number;
  readonly endTokens: ReadonlySet<number>;
  /** cells of the target's context */
  readonly contextSize: number;
  readonly capture: Capture;
  readonly turn: number;
  /** run-wide index of this turn's first round */
  readonly firstRound: number;
  /** ids whose pieces the run has sent; updated */
  readonly seenPieces: Set<number>;
}

export type DecodeEvent =
  /** the prompt was evaluated; `draftMs`: time that the drafter spent on its own prompt */
  | { readonly kind: 'prefill'; readonly out: PrefillOut; readonly draftMs: number }
  /** `last`: the turn ends with this round */
  | { readonly kind: 'round'; readonly record: RoundRecord; readonly last: boolean };

export interface TurnEnd {
  readonly endedBy: NonNullable<Turn['endedBy']>;
}

const recordedTop = 10;

/**
 * Decodes one turn: the prompt first, then one event per round (round 0 is the prompt's last row). Nothing runs between
 * two calls of `next`, so pausing is not calling it; times are measured inside `next` only. Stopping (`return`) and
 * errors leave the models usable: the next turn's prompt clears their contexts. Rejects with what the models reject with.
 */
export async function* decodeTurn(options: DecodeOptions): AsyncGenerator<DecodeEvent, TurnEnd, void> {
  const { target, drafter, capture } = options;
  if (capture.scoreLayer !== null && !capture.layers.includes(capture.scoreLayer)) {
    throw new Error(`score layer ${capture.scoreLayer} is not captured; add it to the captured layers`);
  }
  const captured = capture.layers.length > 0;
  const wants: RowWants = {
    topK: recordedTop,
    layers: Int32Array.from(capture.layers),
    patches: captured && options.prompt.parts.some((part) => 'image' in part),
    heads: false,
  };
  const out = await target.prefill({ ...options.prompt, wants, promptTop: drafter.promptTop });
  const promptTokens = promptTokensOf(out.chunks);
  const prefilled = performance.now();
  await drafter.begin({ tokens: promptTokens, own: options.draftPrompt, top: out.promptTop });
  yield { kind: 'prefill', out, draftMs: performance.now() - prefilled };

  const random = seededRandom(options.sampling.seed, options.turn);
  const state: State = {
    count: 0,
    cells: out.nCells,
    root: promptTokens.at(-1) ?? -1,
    score: null,
    rounds: 0,
  };
  const noGate = decideGate(options.gate, null);
  let watch = new Watch();
  const first: Pass = {
    rows: out.row,
    draft: rootOnly(state.root),
    noDraft: 'prefill',
    gate: noGate,
    from: -1,
  };
  let done = finishRound(options, state, first, random, watch, promptTokens, out.imageTokens > 0);
  yield { kind: 'round', record: done.record, last: done.endedBy !== null };

  while (done.endedBy === null) {
    watch = new Watch();
    const { gate, draft, noDraft } = await chooseDraft(options, state);
    watch.lap('draft');
    const { verified } = draft;
    const rows = await target.decodeTree({
      tokens: draft.tokens.subarray(0, verified),
      parents: draft.parents.subarray(0, verified),
      wants,
    });
    const pass: Pass = { rows, draft, noDraft, gate, from: 0 };
    done = finishRound(options, state, pass, random, watch, [], out.imageTokens > 0);
    yield { kind: 'round', record: done.record, last: done.endedBy !== null };
  }
  return { endedBy: done.endedBy };
}

/** Where a turn stands between two rounds. */
interface State {
  /** committed tokens */
  count: number;
  /** used cells of the target's context */
  cells: number;
  /** the last committed token, not yet in the target's context */
  root: number;
  /** image share at the row that yielded the root; null: no image or nothing captured */
  score: number | null;
  rounds: number;
}

/** One target pass. */
interface Pass {
  readonly rows: RowsOut;
  readonly draft: Draft;
  readonly noDraft: NoDraftReason | null;
  readonly gate: GateOutcome;
  /** how the model numbers row 0: -1 is the prompt's last row */
  readonly from: -1 | 0;
}

/** Asks the gate, then the drafter. A round without a draft has the root alone. */
async function chooseDraft(
  options: DecodeOptions,
  state: State,
): Promise<{ gate: GateOutcome; draft: Draft; noDraft: NoDraftReason | null }> {
  const { drafter } = options;
  const decided = decideGate(options.gate, state.score);
  // Plain decoding leaves the gate nothing to forbid.
  const gate = drafter.drafts ? decided : { ...decided, skipped: false };
  const plain = (noDraft: NoDraftReason) => ({ gate, draft: rootOnly(state.root), noDraft });
  if (!drafter.drafts) return plain('method');
  if (gate.skipped) return plain('gate');
  const nodes = options.contextSize - state.cells - 1;
  // No token can follow the one that this round yields anyway.
  const depth = Math.min(options.maxTokens - state.count - 1, nodes);
  if (depth < 1) return plain('last-token');
  const draft = await drafter.draft({ nodes, depth });
  if (typeof draft === 'string') return plain(draft);
  return draft.verified === 1 ? plain('no-match') : { gate, draft, noDraft: null };
}

/** Verifies a pass, commits what it yields to both models and records it. */
function finishRound(
  options: DecodeOptions,
  state: State,
  pass: Pass,
  random: Random,
  watch: Watch,
  mentioned: Iterable<number>,
  withImage: boolean,
): { record: RoundRecord; endedBy: TurnEnd['endedBy'] | null } {
  const { target, drafter, sampling } = options;
  const { rows, draft } = pass;
  const logits = (node: number) => target.logits(node + pass.from);
  const judge = sampling.temperature === 0 ? greedyJudge(rows) : samplingJudge(logits, sampling, random);
  const remaining = options.maxTokens - state.count;
  const verdict = verifyTree(draft, judge, { endTokens: options.endTokens, remaining });
  const lastRow = verdict.path.at(-1) ?? 0;
  const lastToken = verdict.tokens.at(-1) ?? 0;
  const own = standingOf(rows, lastRow, lastToken, () => logits(lastRow));
  if (pass.from === 0) {
    state.cells = target.accept(Int32Array.from(verdict.path)).nCells;
    watch.move('verify', 'capture', rows.ms.capture);
  }
  watch.lap('verify');
  drafter.observe({ tokens: verdict.tokens, draft, path: verdict.path, rows });
  watch.lap('draft');

  const facts: RoundFacts = {
    index: options.firstRound + state.rounds,
    turn: options.turn,
    firstToken: state.count,
    gate: pass.gate,
    noDraft: pass.noDraft,
    draft,
    rows,
    verdict,
    capture: options.capture,
    withImage,
  };
  const tokens = answerTokens(facts, own);
  const tree = recordTree(facts);
  const said = function* () {
    yield* mentioned;
    yield* verdict.tokens;
  };
  const pieces = newPieces(target, options.seenPieces, tree, said());
  const record = recordRound(facts, tokens, pieces, tree, () => {
    watch.lap('other');
    return watch.times();
  });
  state.count += verdict.tokens.length;
  state.root = lastToken;
  state.score = tokens.at(-1)?.score ?? null;
  state.rounds++;
  return { record, endedBy: endOf(verdict, state.cells + 1 > options.contextSize) };
}

function endOf(verdict: Verdict, full: boolean): TurnEnd['endedBy'] | null {
  return verdict.endedBy ?? (full ? 'context-full' : null);
}

function rootOnly(root: number): Draft {
  return {
    verified: 1,
    tokens: Int32Array.of(root),
    parents: Int32Array.of(-1),
    scores: null,
    top: [null],
    provenance: null,
  };
}

/** Token ids of a prompt; -1 for each image token. */
export function promptTokensOf(chunks: readonly PrefillChunk[]): Int32Array {
  const tokens = new Int32Array(chunks.reduce((sum, chunk) => sum + chunk.count, 0)).fill(-1);
  let at = 0;
  for (const chunk of chunks) {
    if (chunk.tokens) tokens.set(chunk.tokens, at);
    at += chunk.count;
  }
  return tokens;
}
