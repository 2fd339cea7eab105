import { setImmediate } from 'node:timers/promises';
import { mmspecTiming } from '../../src-shared/domain/gate.ts';
import type { ProjectorGeometry } from '../../src-shared/domain/geometry.ts';
import type { Turn } from '../../src-shared/domain/run.ts';
import { createDrafter } from '../decoding/drafters/create.ts';
import type { Drafter, Prompt } from '../decoding/drafters/drafter.ts';
import { type DecodeEvent, type DecodeOptions, decodeTurn, promptTokensOf } from '../decoding/loop.ts';
import type { EngineJob } from './client.ts';
import type { RunControl } from './control.ts';
import { imagePlaces } from './geometry.ts';
import type { NativeModel } from './native/surface.ts';
import type { Outbox } from './outbox.ts';
import { conversation, promptParts } from './prompt.ts';
import type { Loaded } from './session.ts';

interface Decoding {
  readonly job: EngineJob;
  readonly loaded: Loaded;
  /** null: the target sees no image */
  readonly projector: ProjectorGeometry | null;
  readonly control: RunControl;
  readonly out: Outbox;
  readonly endTokens: ReadonlySet<number>;
  readonly drafter: Drafter;
  /** ids whose pieces were sent */
  readonly seenPieces: Set<number>;
  /** of the turns so far, as the history of later turns has them */
  readonly answers: string[];
  /** rounds so far */
  rounds: number;
}

/** Decodes all turns of a job's sample with the loaded models and reports every round. */
export async function runJob(
  job: EngineJob,
  loaded: Loaded,
  projector: ProjectorGeometry | null,
  control: RunControl,
  out: Outbox,
): Promise<{ status: 'done' | 'stopped'; reason: string | null }> {
  const decoding: Decoding = {
    job,
    loaded,
    projector,
    control,
    out,
    endTokens: new Set(loaded.target.info.endTokens),
    drafter: createDrafter(job.spec.method, loaded.draft, loaded.target.info.vocab, {
      head: loaded.head,
      shared: loaded.answers,
    }),
    seenPieces: new Set(),
    answers: [],
    rounds: 0,
  };
  for (const index of job.sample.turns.keys()) {
    if (!(await runTurn(decoding, index))) return { status: 'stopped', reason: 'stopped by the user' };
  }
  return { status: 'done', reason: null };
}

/** Decodes one turn; false when the user stopped it. */
async function runTurn(decoding: Decoding, index: number): Promise<boolean> {
  const { job, loaded, control, out, endTokens } = decoding;
  const { runId } = job;
  const loop = decodeTurn(turnOptions(decoding, index));
  const ids: number[] = [];
  let turn: Turn | null = null;
  let needsPermission = true;
  const end = (endedBy: Turn['endedBy']): void => {
    if (turn) out.send({ kind: 'turn', runId, turn: { ...turn, endedBy } });
  };
  for (;;) {
    if (needsPermission && !(await control.permission())) {
      await loop.return({ endedBy: 'stopped' });
      end('stopped');
      return false;
    }
    // Short decodes finish without leaving this thread's turn: let messages (stop, pause) come in.
    await setImmediate();
    const next = await loop.next().catch((error: unknown) => {
      // Stop cancels what the models are doing.
      if (control.stopped) return null;
      throw error;
    });
    if (next === null) {
      end('stopped');
      return false;
    }
    if (next.done) {
      end(next.value.endedBy);
      decoding.answers.push(answerText(loaded.target, ids, endTokens));
      return true;
    }
    if (next.value.kind === 'prefill') {
      turn = describeTurn(decoding, index, next.value);
      out.send({ kind: 'turn', runId, turn });
      // The prompt's last row is the first round: permission was asked for both.
      needsPermission = false;
    } else {
      const { record, last } = next.value;
      for (const token of record.tokens) ids.push(token.id);
      decoding.rounds = record.round.index + 1;
      out.round(runId, record);
      // Nothing is decoded after the last round: the turn ends even while paused.
      needsPermission = !last;
    }
  }
}

function turnOptions(decoding: Decoding, turn: number): DecodeOptions {
  const { job, loaded, projector, endTokens, drafter, seenPieces, answers, rounds } = decoding;
  const { spec, sample, image } = job;
  const { target, draft } = loaded;
  const messages = conversation(spec.systemPrompt, sample.turns, answers, projector !== null);
  const promptOf = (model: NativeModel): Prompt => ({
    parts: promptParts(messages, model.projector === null ? null : image, texts(model)),
    addSpecial: true,
  });
  return {
    target,
    drafter,
    prompt: promptOf(target),
    draftPrompt: draft && promptOf(draft),
    gate: { ...spec.gate, mmspecTiming: mmspecTiming(spec.method) },
    sampling: spec.sampling,
    maxTokens: spec.maxTokens,
    endTokens,
    contextSize: target.context?.contextSize ?? 0,
    capture: { layers: loaded.layers, scoreLayer: loaded.scoreLayer, scoreHeads: spec.gate.heads },
    turn,
    firstRound: rounds,
    seenPieces,
  };
}

const decoder = new TextDecoder();

function texts(model: NativeModel): Parameters<typeof promptParts>[2] {
  const text = (id: number): string =>
    id < 0 ? '' : decoder.decode(model.pieces(Int32Array.of(id))[0] ?? new Uint8Array());
  return {
    template: model.info.chatTemplate,
    bos: model.info.addBos ? '' : text(model.info.bos),
    eos: text(model.info.eos),
    specials: model.specialTokens(),
  };
}

/** The answer as it goes into the history of later turns: without end-of-text tokens, trimmed (methods.md 1.3). */
function answerText(model: NativeModel, ids: readonly number[], endTokens: ReadonlySet<number>): string {
  const kept = ids.filter((id) => !endTokens.has(id));
  return decoder.decode(Buffer.concat(model.pieces(Int32Array.from(kept)))).trim();
}

function describeTurn(
  { job, projector }: Decoding,
  index: number,
  { out, draftMs }: Extract<DecodeEvent, { kind: 'prefill' }>,
): Turn {
  const { width, height } = job.image;
  return {
    index,
    user: job.sample.turns[index] ?? '',
    promptTokens: Array.from(promptTokensOf(out.chunks)),
    imageTokens: out.imageTokens,
    image: projector === null ? null : { width, height },
    ...imagePlaces(projector, out.chunks, width, height),
    prefillMs: { ...out.ms, draft: draftMs },
    endedBy: null,
  };
}
