import { decideGate, type GateOutcome, looksAhead } from '#shared/domain/gate.ts';
import { tokenRandom } from '#shared/domain/random.ts';
import type { NoDraftReason, RoundRecord } from '#shared/domain/round.ts';
import type { Sampling, Turn } from '#shared/domain/run.ts';
import { attentionWants, type Capture, scoreAt } from './attention.ts';
import type { Draft, Drafter, Prompt } from './drafters/drafter.ts';
import { decidesWithin, fatesUnder, firstOnly, type Gate, unverified, wastesDraft } from './gate.ts';
import { greedyJudge, samplingJudge } from './judge.ts';
import type { PrefillChunk, PrefillOut, RowsOut, RowWants, TreeModel } from './model.ts';
import { answerTokens, newPieces, type RoundFacts, recordRound, recordTree, standingOf } from './record.ts';
import { feedAgain, type Given, type Resume } from './resume.ts';
import { type Judge, type Verdict, verifyTree } from './verify.ts';
import { Watch } from './watch.ts';

export interface DecodeOptions {
  readonly target: TreeModel;
  readonly drafter: Drafter;
  readonly prompt: Prompt;
  /** the prompt for the draft model, in its own parts; null without one */
  readonly draftPrompt: Prompt | null;
  readonly gate: Gate;
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
  /** tokens that the turn begins with, decoded before; null or absent: none */
  readonly resume?: Resume | null;
  /** tokens that come next in any case, one round each */
  readonly given?: readonly Given[];
  /** what the prompt gave, when the target's context still holds it; null or absent: it has to be evaluated */
  readonly held?: PrefillOut | null;
}

export type DecodeEvent =
  /** the prompt was evaluated; `draftMs`: time that the drafter spent on its own prompt */
  | { readonly kind: 'prefill'; readonly out: PrefillOut; readonly draftMs: number }
  /** `last`: the turn ends with this round */
  | { readonly kind: 'round'; readonly record: RoundRecord; readonly last: boolean };

export interface TurnEnd {
  readonly endedBy: NonNullable<Turn['endedBy']>;
}

/** Tokens recorded per row; a smaller vocabulary gives all of its own. */
const recordedTop = 20;

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
  if (looksAhead(options.gate.mode) && options.sampling.temperature > 0) {
    throw new Error(
      `the gate's ${options.gate.mode} mode is for greedy decoding only; set the temperature to 0`,
    );
  }
  const wants: RowWants = {
    topK: Math.min(recordedTop, target.info.vocab),
    ...attentionWants(
      capture,
      options.prompt.parts.some((part) => 'image' in part),
    ),
  };
  const { resume = null, given = [] } = options;
  const held = resume === null ? null : (options.held ?? null);
  if (held !== null) target.rollback(held.nPast);
  const out = held ?? (await target.prefill({ ...options.prompt, wants, promptTop: drafter.promptTop }));
  const promptTokens = promptTokensOf(out.chunks);
  const prefilled = performance.now();
  await drafter.begin({ tokens: promptTokens, own: options.draftPrompt, top: out.promptTop });
  yield { kind: 'prefill', out, draftMs: performance.now() - prefilled };

  const state: State = {
    count: 0,
    cells: out.nCells,
    withImage: out.imageTokens > 0,
    root: promptTokens.at(-1) ?? -1,
    score: null,
    rounds: 0,
    drafted: false,
  };
  let next = 0;
  let mentioned: Iterable<number> = promptTokens;
  let endedBy: TurnEnd['endedBy'] | null;
  if (resume !== null) {
    state.cells = await feedAgain(target, drafter, out, rootOnly(state.root), resume.tokens, wants.topK);
    state.count = resume.tokens.length;
    state.root = resume.tokens.at(-1) ?? -1;
    state.score = resume.score;
    state.rounds = resume.rounds;
    state.drafted = resume.drafted;
    mentioned = [...promptTokens, ...resume.tokens];
    endedBy = state.cells + 1 > options.contextSize ? 'context-full' : null;
  } else {
    const first: Pass = {
      rows: out.row,
      draft: rootOnly(state.root),
      noDraft: 'prefill',
      gate: decideGate(options.gate, null),
      from: -1,
      given: given[next++] ?? null,
    };
    const done = finishRound(options, state, first, new Watch(), mentioned);
    mentioned = [];
    endedBy = done.endedBy;
    yield { kind: 'round', record: done.record, last: endedBy !== null };
  }

  while (endedBy === null) {
    let watch = new Watch();
    const fixed = given[next++] ?? null;
    const chosen = fixed === null ? await chooseDraft(options, state) : fixedPass(options, state, fixed);
    watch.lap('draft');
    let pass = await decodePass(target, chosen, wants);
    const plain = looksAhead(options.gate.mode) ? plainAfterLook(options, state, pass) : null;
    if (plain !== null) {
      // What was only looked at is in no time.
      watch = new Watch();
      pass = await decodePass(target, plain, wants);
    }
    const done = finishRound(options, state, pass, watch, mentioned);
    mentioned = [];
    endedBy = done.endedBy;
    yield { kind: 'round', record: done.record, last: endedBy !== null };
  }
  return { endedBy };
}

/** Where a turn stands between two rounds. */
interface State {
  /** committed tokens */
  count: number;
  /** used cells of the target's context */
  cells: number;
  /** the prompt has an image */
  readonly withImage: boolean;
  /** the last committed token, not yet in the target's context */
  root: number;
  /** image share at the row that yielded the root; null: no image or nothing captured */
  score: number | null;
  rounds: number;
  /** the last round had a draft verified */
  drafted: boolean;
}

/** What goes into a target pass. */
interface Chosen {
  readonly draft: Draft;
  readonly noDraft: NoDraftReason | null;
  readonly gate: GateOutcome;
  /** what a look at the dropped draft had said */
  readonly foreseen?: Verdict;
  /** the token that it commits, whatever the target would choose */
  readonly given: Given | null;
}

/** One target pass. */
interface Pass extends Chosen {
  readonly rows: RowsOut;
  /** how the model numbers row 0: -1 is the prompt's last row */
  readonly from: -1 | 0;
}

/** A pass whose token is fixed: nothing is drafted, and the gate has nothing to forbid. */
function fixedPass(options: DecodeOptions, state: State, given: Given): Chosen {
  const gate = { ...decideGate(options.gate, state.score), skipped: false };
  return { gate, draft: rootOnly(state.root), noDraft: 'fork', given };
}

/** Asks the gate and the drafter. A round without a draft has the root alone. */
async function chooseDraft(options: DecodeOptions, state: State): Promise<Chosen> {
  const { drafter } = options;
  const decided = decideGate(options.gate, state.score);
  // Where nothing could be drafted anyway, the gate has nothing to forbid.
  const gate = { ...decided, skipped: false };
  const plain = (noDraft: NoDraftReason): Chosen => ({
    gate,
    draft: rootOnly(state.root),
    noDraft,
    given: null,
  });
  if (!drafter.drafts) return plain('method');
  const nodes = options.contextSize - state.cells - 1;
  // No token can follow the one that this round yields anyway.
  const depth = Math.min(options.maxTokens - state.count - 1, nodes);
  if (depth < 1) return plain('last-token');
  if (decided.skipped) return { ...plain('gate'), gate: decided };
  const draft = await drafter.draft({ nodes, depth });
  if (typeof draft === 'string') return plain(draft);
  if (draft.verified === 1) return plain('no-match');
  if (wastesDraft(options.gate, decided, state.drafted)) {
    return { ...plain('gate'), gate: { ...gate, skipped: true }, draft: unverified(draft) };
  }
  return { gate, draft, noDraft: null, given: null };
}

async function decodePass(target: TreeModel, chosen: Chosen, wants: RowWants): Promise<Pass> {
  const { tokens, parents, verified } = chosen.draft;
  const rows = await target.decodeTree({
    tokens: tokens.subarray(0, verified),
    parents: parents.subarray(0, verified),
    wants,
  });
  return { ...chosen, rows, from: 0 };
}

/** The plain pass that stands for a pass that was only looked at; null where that pass itself is to be kept. */
function plainAfterLook(options: DecodeOptions, state: State, pass: Pass): Chosen | null {
  const { draft, noDraft, gate } = pass;
  // Nothing could be drafted, so nothing can be skipped.
  if (noDraft === 'method' || noDraft === 'last-token' || noDraft === 'fork') return null;
  const foreseen = verdictOf(options, state, draft, greedyJudge(pass.rows));
  const forgone = foreseen.tokens.length - 1;
  const skips = options.gate.mode === 'survey' ? noDraft === null : forgone === 0;
  if (!skips) return null;
  return {
    draft: unverified(draft),
    noDraft: 'gate',
    gate: { ...gate, hit: true, skipped: true, forgone },
    foreseen,
    given: null,
  };
}

function verdictOf(options: DecodeOptions, state: State, draft: Draft, judge: Judge): Verdict {
  return verifyTree(draft, judge, {
    endTokens: options.endTokens,
    remaining: options.maxTokens - state.count,
  });
}

/** What a pass commits under the gate, and the gate's outcome where it is decided from the pass itself. */
function judgePass(
  options: DecodeOptions,
  state: State,
  pass: Pass,
  judge: Judge,
): { verdict: Verdict; gate: GateOutcome } {
  const { draft, gate, rows } = pass;
  const verdict = verdictOf(options, state, draft, judge);
  if (pass.noDraft === 'gate') {
    return { verdict: { ...verdict, fates: fatesUnder(verdict.fates, pass.foreseen ?? null) }, gate };
  }
  if (!decidesWithin(options.gate) || pass.noDraft === 'prefill') return { verdict, gate };
  const decided = decideGate(options.gate, state.withImage ? scoreAt(rows, options.capture, 0) : null);
  if (!decided.hit || pass.noDraft !== null) return { verdict, gate: decided };
  const forgone = verdict.tokens.length - 1;
  return { verdict: firstOnly(verdict), gate: { ...decided, skipped: true, forgone } };
}

/** Verifies a pass, commits what it yields to both models and records it. */
function finishRound(
  options: DecodeOptions,
  state: State,
  pass: Pass,
  watch: Watch,
  mentioned: Iterable<number>,
): { record: RoundRecord; endedBy: TurnEnd['endedBy'] | null } {
  const { target, drafter } = options;
  const { rows, draft } = pass;
  const logits = (node: number) => target.logits(node + pass.from);
  const judge = judgeOf(options, state, pass, logits);
  const { verdict, gate } = judgePass(options, state, pass, judge);
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
    gate,
    noDraft: pass.noDraft,
    byUser: pass.given?.by === 'user',
    draft,
    rows,
    verdict,
    capture: options.capture,
    withImage: state.withImage,
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
  state.drafted = draft.verified > 1;
  return { record, endedBy: endOf(verdict, state.cells + 1 > options.contextSize) };
}

function judgeOf(
  { sampling, turn }: DecodeOptions,
  { count }: State,
  { rows, given }: Pass,
  logits: (node: number) => Float32Array,
): Judge {
  if (given !== null) return () => ({ token: given.token, drawsRefused: 0 });
  if (sampling.temperature === 0) return greedyJudge(rows);
  return samplingJudge(logits, sampling, (asked) => tokenRandom(sampling.seed, turn, count + asked));
}

function endOf(verdict: Verdict, full: boolean): TurnEnd['endedBy'] | null {
  return verdict.endedBy ?? (full ? 'context-full' : null);
}

/** A draft with nothing drafted. */
export function rootOnly(root: number): Draft {
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
