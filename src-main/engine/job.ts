import { setImmediate } from 'node:timers/promises';
import type { Breakpoint } from '../../src-shared/domain/breakpoint.ts';
import { mmspecTiming } from '../../src-shared/domain/gate.ts';
import type { ProjectorGeometry } from '../../src-shared/domain/geometry.ts';
import { draftFileOf } from '../../src-shared/domain/method.ts';
import type { RoundRecord } from '../../src-shared/domain/round.ts';
import type { Turn } from '../../src-shared/domain/run.ts';
import { findHit } from '../decoding/breakpoints.ts';
import { createDrafter } from '../decoding/drafters/create.ts';
import type { Drafter, Prompt } from '../decoding/drafters/drafter.ts';
import { type DecodeEvent, type DecodeOptions, decodeTurn, promptTokensOf } from '../decoding/loop.ts';
import type { PrefillOut } from '../decoding/model.ts';
import type { EngineJob } from './client.ts';
import type { RunControl } from './control.ts';
import { imagePlaces } from './geometry.ts';
import type { NativeModel } from './native/surface.ts';
import type { Outbox } from './outbox.ts';
import { backTo, idsOf, type Past, pastOf, resumeOf, roundCount, withRound } from './past.ts';
import { boundedMatcher } from './pattern.ts';
import type { Loaded } from './session.ts';
import { turnPrompt } from './turn-prompt.ts';

/** A job, its models, and how far its sample is decoded. */
export interface Place {
  readonly job: EngineJob;
  readonly loaded: Loaded;
  /** null: the target sees no image */
  readonly projector: ProjectorGeometry | null;
  readonly endTokens: ReadonlySet<number>;
  /** made anew when rounds are taken back: what it has learned from them must not stay */
  drafter: Drafter;
  /** ids whose pieces were sent */
  readonly seenPieces: Set<number>;
  /** what was decoded so far */
  past: Past;
  /** the prompt that the target's context holds */
  held: { readonly turn: number; readonly out: PrefillOut } | null;
}

interface Decoding extends Place {
  readonly control: RunControl;
  readonly out: Outbox;
}

/** Where a job begins: at its first prompt, or where it is to go on. */
export function placeOf(job: EngineJob, loaded: Loaded, projector: ProjectorGeometry | null): Place {
  const start = job.debug?.start ?? null;
  return {
    job,
    loaded,
    projector,
    endTokens: new Set(loaded.target.info.endTokens),
    drafter: drafterOf(job, loaded),
    seenPieces: new Set(),
    past: pastOf(start?.answers ?? [], start?.resume ?? null, start?.rounds ?? 0),
    held: null,
  };
}

/** Decodes all turns of a job's sample with the loaded models and reports every round. */
export async function runJob(
  job: EngineJob,
  loaded: Loaded,
  projector: ProjectorGeometry | null,
  control: RunControl,
  out: Outbox,
): Promise<{ status: 'done' | 'stopped'; reason: string | null }> {
  const decoding: Decoding = { ...placeOf(job, loaded, projector), control, out };
  let turn = decoding.past.turns.length - 1;
  while (turn < job.sample.turns.length) {
    const end = await runTurn(decoding, turn);
    if (end === 'stopped') return { status: 'stopped', reason: 'stopped by the user' };
    turn = end === 'ended' ? turn + 1 : decoding.past.turns.length - 1;
  }
  return { status: 'done', reason: null };
}

/** Decodes one turn, or goes on with it. 'back': rounds were taken back, and the past says where to go on. */
async function runTurn(decoding: Decoding, index: number): Promise<'ended' | 'stopped' | 'back'> {
  const { job, control, out } = decoding;
  const { runId } = job;
  const loop = decodeTurn(turnOptions(decoding, index));
  let turn: Turn | null = null;
  let needsPermission = true;
  let ended = false;
  const end = (endedBy: Turn['endedBy']): void => {
    if (turn) out.send({ kind: 'turn', runId, turn: { ...turn, endedBy } });
  };
  for (;;) {
    const permission = needsPermission ? await control.permission() : 'go';
    if (permission === 'stopped' && !ended) {
      await loop.return({ endedBy: 'stopped' });
      end('stopped');
      return 'stopped';
    }
    if (typeof permission === 'object') {
      await loop.return({ endedBy: 'stopped' });
      takeBack(decoding, permission.backTo);
      return 'back';
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
      return 'stopped';
    }
    if (next.done) {
      end(next.value.endedBy);
      return permission === 'stopped' ? 'stopped' : 'ended';
    }
    if (next.value.kind === 'prefill') {
      decoding.held = { turn: index, out: next.value.out };
      turn = describeTurn(decoding, index, next.value);
      out.send({ kind: 'turn', runId, turn });
      // The prompt's last row is the first round: permission was asked for both.
      needsPermission = false;
    } else {
      const { record, last } = next.value;
      const before = decoding.past;
      decoding.past = withRound(before, record);
      out.round(runId, record);
      ended = last;
      const hit = hitOf(decoding, before, record, last);
      if (hit !== null) control.stopFor(hit);
      // Nothing is decoded after the last round: the turn ends even while paused, but for a breakpoint.
      needsPermission = !last || hit !== null;
    }
  }
}

function drafterOf({ spec }: EngineJob, { target, draft, head, answers }: Loaded): Drafter {
  return createDrafter(spec.method, draft, target.info.vocab, { head, shared: answers });
}

function takeBack(decoding: Decoding, rounds: number): void {
  const { job, loaded, out } = decoding;
  decoding.past = backTo(decoding.past, rounds);
  decoding.drafter = drafterOf(job, loaded);
  const turn = decoding.past.turns.length - 1;
  out.send({ kind: 'taken-back', runId: job.runId, rounds: roundCount(decoding.past), turn });
}

/** Tokens of the answer before a round in which a breakpoint's text may begin. */
const textReach = 256;

function hitOf(
  { job, loaded, control, past }: Decoding,
  before: Past,
  record: RoundRecord,
  last: boolean,
): ReturnType<typeof findHit> {
  const { breakpoints, stopAt } = control;
  if (stopAt === null && !breakpoints.some((b) => b.on)) return null;
  const { turn } = record.round;
  const ids = idsOf(past, turn);
  const { text, ends } = breakpoints.some(looksAtText)
    ? textAround(loaded.target, ids, record.tokens.length)
    : { text: '', ends: [] };
  const earlier = job.sample.turns.keys().reduce((sum, t) => sum + idsOf(before, t).length, 0);
  const watched = { record, last, text, ends, ids, plain: control.plain(turn), before: earlier };
  return findHit(breakpoints, stopAt, watched, boundedMatcher);
}

const looksAtText = ({ on, when }: Breakpoint): boolean => on && when.kind === 'text';

const decoder = new TextDecoder();

/** The end of an answer, and how long the text is before and after each of the last `added` tokens. */
function textAround(
  model: NativeModel,
  ids: readonly number[],
  added: number,
): { text: string; ends: number[] } {
  const known = Math.min(textReach, ids.length - added);
  const pieces = model.pieces(Int32Array.from(ids.slice(ids.length - added - known)));
  const textOf = (count: number): string => decoder.decode(Buffer.concat(pieces.slice(0, known + count)));
  const ends = Array.from({ length: added + 1 }, (_, i) => textOf(i).length);
  return { text: textOf(added), ends };
}

/** How a turn of the job is decoded from its place on. */
export function turnOptions(place: Place, turn: number): DecodeOptions {
  const { job, loaded, projector, endTokens, drafter, seenPieces, past, held } = place;
  const { spec } = job;
  const { target, draft } = loaded;
  const answers = Array.from({ length: turn }, (_, t) => idsOf(past, t));
  const resume = resumeOf(past, turn);
  const rounds = roundCount(past);
  const promptOf = (model: NativeModel): Prompt =>
    turnPrompt(job, model, target, answers, projector !== null);
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
    capture: loaded.capture,
    turn,
    firstRound: rounds - (resume?.rounds ?? 0),
    seenPieces,
    resume,
    given: job.debug?.start?.given.slice(rounds - past.firstRound) ?? [],
    // A draft head was handed states of the prompt that only its evaluation gives.
    held: held?.turn === turn && [null, 'model'].includes(draftFileOf(spec.method)) ? held.out : null,
  };
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
