/** Decodes one sample with one contender and times it. */
import { createDrafter } from '../../../src-main/decoding/drafters/create.ts';
import { maxTreeLeaves } from '../../../src-main/decoding/limits.ts';
import { decodeTurn } from '../../../src-main/decoding/loop.ts';
import { HeadSlot } from '../../../src-main/engine/head-slot.ts';
import type { NativeModel } from '../../../src-main/engine/native/surface.ts';
import { type GateSpec, readsScore } from '../../../src-shared/domain/gate.ts';
import { draftFileOf, type MethodSpec } from '../../../src-shared/domain/method.ts';
import type { Round } from '../../../src-shared/domain/round.ts';
import { greedy } from '../../../src-shared/domain/run.ts';
import type { AnswerToken } from '../../../src-shared/domain/token.ts';
import { roundMs } from '../../../src-shared/metrics/totals.ts';
import type { RecordedRun } from '../../../src-shared/metrics/what-if-runs.ts';
import type { BenchPrompt } from '../prompts.ts';

export interface Measured extends RecordedRun {
  readonly tokens: readonly AnswerToken[];
  /** milliseconds of all rounds, as the loop records them */
  readonly decode: number;
  /** with the prompt, by target and drafter */
  readonly endToEnd: number;
}

export interface Models {
  readonly target: NativeModel;
  readonly draft: NativeModel;
}

export class Measuring {
  readonly #models: Models;
  readonly #tokens: number;
  readonly #layers: readonly number[];
  readonly #slot: HeadSlot;

  /** @param tokens most tokens of an answer */
  constructor(models: Models, threads: number, tokens: number) {
    this.#models = models;
    this.#tokens = tokens;
    this.#layers = [models.target.info.layers - 1];
    const context = {
      contextSize: 2048,
      batchSize: 2048,
      microBatch: 256,
      threads,
      kvType: 'f32',
      maxLeaves: maxTreeLeaves,
      capture: true,
    } as const;
    this.#slot = new HeadSlot(models.target, context, () => {});
  }

  /** @param head file of a draft head */
  async decode(
    method: MethodSpec,
    gate: GateSpec,
    head: string | null,
    prompt: BenchPrompt,
  ): Promise<Measured> {
    const { target } = this.#models;
    const { head: attached, contextSize } = await this.#slot.attach(head);
    const draft = draftFileOf(method) === 'model' ? this.#models.draft : null;
    const layers = readsScore(gate.mode) ? this.#layers : [];
    const loop = decodeTurn({
      target,
      drafter: createDrafter(method, draft, target.info.vocab, { head: attached }),
      prompt: { parts: prompt.target, addSpecial: true },
      draftPrompt: draft && { parts: prompt.text, addSpecial: true },
      gate,
      sampling: greedy,
      maxTokens: this.#tokens,
      endTokens: new Set(target.info.endTokens),
      contextSize,
      capture: { layers, scoreLayer: layers[0] ?? null },
      turn: 0,
      firstRound: 0,
      seenPieces: new Set(),
    });
    const tokens: AnswerToken[] = [];
    const rounds: Round[] = [];
    let promptMs = 0;
    for (;;) {
      const step = await loop.next();
      if (step.done) {
        const decode = rounds.reduce((sum, round) => sum + roundMs(round.ms), 0);
        const turns = [{ index: 0, endedBy: step.value.endedBy }];
        return { gate: gate.mode, turns, rounds, tokens, decode, endToEnd: promptMs + decode };
      }
      if (step.value.kind === 'prefill') {
        const { out, draftMs } = step.value;
        promptMs = out.ms.tokenize + out.ms.encode + out.ms.decode + draftMs;
      } else {
        const { round, tokens: more } = step.value.record;
        rounds.push(round);
        tokens.push(...more);
      }
    }
  }
}
