/** Evaluates an answer that was decoded before once more, to read attention that was not recorded then. */
import { setImmediate } from 'node:timers/promises';
import type { CapturedRound } from '../../src-shared/domain/round.ts';
import {
  attentionFrames,
  attentionWants,
  type Capture,
  headFrames,
  scoreAt,
  sharesAt,
} from '../decoding/attention.ts';
import { promptTokensOf } from '../decoding/loop.ts';
import type { RowsOut, RowWants } from '../decoding/model.ts';
import type { PastRounds, RecaptureJob } from './client.ts';
import type { RunControl } from './control.ts';
import type { FromEngine } from './messages.ts';
import type { Loaded } from './session.ts';
import { turnPrompt } from './turn-prompt.ts';

/** Tokens fed in one pass; with single heads their maps take a lot of memory. */
const slice = { mean: 64, heads: 8 };

/**
 * Feeds the recorded tokens of all turns as chains and reports the attention of every round. Nothing is chosen, so the
 * tokens stay what they are. Values differ from those of the live run as far as the shape of a batch changes the sums:
 * there a row was computed within a tree, here within a chain.
 * @throws Error when a prompt is not the recorded one: another model, picture or chat template
 */
export async function recapture(
  job: RecaptureJob,
  loaded: Loaded,
  control: RunControl,
  send: (message: FromEngine) => void,
): Promise<{ status: 'done' | 'stopped'; reason: string | null }> {
  const total = job.turns.reduce((sum, { rounds }) => sum + rounds.length, 0);
  let done = 0;
  for (const [index, turn] of job.turns.entries()) {
    for await (const captured of captureTurn(job, loaded, index, turn)) {
      done += captured.length;
      send({ kind: 'captured', runId: job.runId, rounds: captured, progress: done / total });
      await setImmediate();
      if (control.stopped) return { status: 'stopped', reason: 'stopped by the user' };
    }
  }
  return { status: 'done', reason: null };
}

async function* captureTurn(
  job: RecaptureJob,
  { target, capture }: Loaded,
  index: number,
  { promptTokens, rounds }: PastRounds,
): AsyncGenerator<CapturedRound[]> {
  const answers = job.turns.slice(0, index).map((turn) => turn.rounds.flatMap(({ ids }) => ids));
  const prompt = turnPrompt(job, target, target, answers, job.files.projector !== null);
  const wants: RowWants = {
    topK: 1,
    ...attentionWants(
      capture,
      prompt.parts.some((part) => 'image' in part),
    ),
  };
  const out = await target.prefill({ ...prompt, wants });
  if (promptTokensOf(out.chunks).join() !== promptTokens.join()) {
    throw new Error(
      `the prompt of turn ${index + 1} is not the one that was recorded: the model, its chat template or the picture has changed`,
    );
  }
  const withImage = out.imageTokens > 0;
  const [first, ...rest] = rounds;
  if (first === undefined) return;
  // The prompt's last row gave the first token.
  yield [capturedRound(first, 0, out.row, capture, withImage)];
  let root = first.ids.at(-1) ?? 0;
  for (const group of groups(rest, capture.headMaps === true ? slice.heads : slice.mean)) {
    const ids = group.flatMap((round) => round.ids);
    // Token i was read at the row of the one before it.
    const chain = [root, ...ids.slice(0, -1)];
    const rows = await target.decodeTree({
      tokens: Int32Array.from(chain),
      parents: Int32Array.from(chain, (_, i) => i - 1),
      wants,
    });
    target.accept(Int32Array.from(chain, (_, i) => i));
    root = ids.at(-1) ?? root;
    let from = 0;
    const captured: CapturedRound[] = [];
    for (const round of group) {
      captured.push(capturedRound(round, from, rows, capture, withImage));
      from += round.ids.length;
    }
    yield captured;
  }
}

/** Rounds in their order, each group with at least `size` tokens but for the last. */
function groups(rounds: PastRounds['rounds'], size: number): PastRounds['rounds'][] {
  const out: PastRounds['rounds'][number][][] = [];
  let tokens = size;
  for (const round of rounds) {
    if (tokens >= size) {
      out.push([]);
      tokens = 0;
    }
    out.at(-1)?.push(round);
    tokens += round.ids.length;
  }
  return out;
}

function capturedRound(
  { index, ids }: PastRounds['rounds'][number],
  from: number,
  rows: RowsOut,
  capture: Capture,
  withImage: boolean,
): CapturedRound {
  const nodes = ids.map((_, i) => from + i);
  return {
    round: index,
    attention: attentionFrames(rows, capture, nodes),
    heads: headFrames(rows, capture, nodes),
    tokens: nodes.map((node) => ({
      score: withImage ? scoreAt(rows, capture, node) : null,
      shares: sharesAt(rows, capture, node),
    })),
  };
}
