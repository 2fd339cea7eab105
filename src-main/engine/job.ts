import { setImmediate } from 'node:timers/promises';
import type { ProjectorGeometry } from '../../src-shared/domain/geometry.ts';
import type { Turn } from '../../src-shared/domain/run.ts';
import { createDrafter } from '../decoding/drafters/create.ts';
import { decodeTurn } from '../decoding/loop.ts';
import type { PrefillOut } from '../decoding/model.ts';
import type { EngineJob } from './client.ts';
import type { RunControl } from './control.ts';
import { imagePlaces } from './geometry.ts';
import type { NativeModel } from './native/surface.ts';
import type { Outbox } from './outbox.ts';
import { conversation, promptParts } from './prompt.ts';
import type { Loaded } from './session.ts';

/** Decodes all turns of a job's sample with the loaded models and reports every round. */
export async function runJob(
  job: EngineJob,
  loaded: Loaded,
  projector: ProjectorGeometry | null,
  control: RunControl,
  out: Outbox,
): Promise<{ status: 'done' | 'stopped'; reason: string | null }> {
  const { runId, spec, sample } = job;
  const { target, draft } = loaded;
  const endTokens = new Set(target.info.endTokens);
  const seenPieces = new Set<number>();
  const withImage = projector !== null;
  const answers: string[] = [];
  let firstRound = 0;

  for (const [index, user] of sample.turns.entries()) {
    const messages = conversation(spec.systemPrompt, sample.turns, answers, withImage);
    const draftSees = draft !== null && draft.projector !== null;
    const loop = decodeTurn({
      target,
      drafter: createDrafter(spec.method, draft, target.info.vocab),
      prompt: { parts: promptParts(messages, withImage ? job.image : null, texts(target)), addSpecial: true },
      draftPrompt: draft && {
        parts: promptParts(messages, draftSees ? job.image : null, texts(draft)),
        addSpecial: true,
      },
      gate: spec.gate,
      sampling: spec.sampling,
      maxTokens: spec.maxTokens,
      endTokens,
      contextSize: target.context?.contextSize ?? 0,
      capture: { layers: loaded.layers, scoreLayer: loaded.scoreLayer },
      turn: index,
      firstRound,
      seenPieces,
    });
    const ids: number[] = [];
    let turn: Turn | null = null;
    let needsPermission = true;
    for (;;) {
      if (needsPermission && !(await control.permission())) {
        await loop.return({ endedBy: 'stopped' });
        if (turn) out.send({ kind: 'turn', runId, turn: { ...turn, endedBy: 'stopped' } });
        return { status: 'stopped', reason: 'stopped by the user' };
      }
      // Short decodes finish without leaving this thread's turn: let messages (stop, pause) come in.
      await setImmediate();
      const next = await loop.next();
      if (next.done) {
        if (turn) out.send({ kind: 'turn', runId, turn: { ...turn, endedBy: next.value.endedBy } });
        break;
      }
      if (next.value.kind === 'prefill') {
        turn = describeTurn(index, user, next.value.out, job, projector);
        out.send({ kind: 'turn', runId, turn });
        // The prompt's last row is the first round: permission was asked for both.
        needsPermission = false;
      } else {
        const { record, last } = next.value;
        for (const token of record.tokens) ids.push(token.id);
        firstRound = record.round.index + 1;
        out.round(runId, record);
        // Nothing is decoded after the last round: the turn ends even while paused.
        needsPermission = !last;
      }
    }
    answers.push(answerText(target, ids, endTokens));
  }
  return { status: 'done', reason: null };
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
  index: number,
  user: string,
  out: PrefillOut,
  job: EngineJob,
  projector: ProjectorGeometry | null,
): Turn {
  const promptTokens: number[] = [];
  for (const chunk of out.chunks) {
    if (chunk.tokens) for (const id of chunk.tokens) promptTokens.push(id);
    else for (let i = 0; i < chunk.count; i++) promptTokens.push(-1);
  }
  const { width, height } = job.image;
  return {
    index,
    user,
    promptTokens,
    imageTokens: out.imageTokens,
    image: projector === null ? null : { width, height },
    ...imagePlaces(projector, out.chunks, width, height),
    prefillMs: out.ms,
    endedBy: null,
  };
}
