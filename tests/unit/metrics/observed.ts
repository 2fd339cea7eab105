/** Turns as the metrics see them, made by hand or at random. */
import fc from 'fast-check';
import { judgedDepth } from '../../../src-shared/metrics/acceptance.ts';
import type { ObservedRound, ObservedToken, ObservedTurn } from '../../../src-shared/metrics/observation.ts';

export interface RoundPlan {
  readonly drafted: number;
  readonly accepted: number;
  /** something was offered below the accepted path, and refused */
  readonly refused: boolean;
  readonly score: number | null;
  readonly ms: number;
}

/** A turn whose first round is the prefill's, as the decoding loop makes it. */
export function observedTurn(
  place: Pick<ObservedTurn, 'sampleId' | 'turn' | 'repeat'> & { readonly topic?: string },
  plans: readonly RoundPlan[],
  threshold = 0.5,
): ObservedTurn {
  const rounds: ObservedRound[] = [];
  const tokens: ObservedToken[] = [];
  const prefill: RoundPlan = { drafted: 0, accepted: 0, refused: false, score: null, ms: 1 };
  for (const [index, plan] of [prefill, ...plans].entries()) {
    const last = plan.refused ? 'correction' : plan.drafted > 0 ? 'bonus' : index === 0 ? 'prefill' : 'plain';
    rounds.push({
      index,
      turn: place.turn,
      firstToken: tokens.length,
      drafted: plan.drafted,
      accepted: plan.accepted,
      judged: judgedDepth(plan.accepted, last),
      noDraft: plan.drafted > 0 ? null : index === 0 ? 'prefill' : 'method',
      gate: {
        score: plan.score,
        threshold,
        hit: plan.score !== null && plan.score >= threshold,
        skipped: false,
        forgone: null,
      },
      ms: { draft: plan.ms, verify: 2 * plan.ms, capture: 0, other: 0.5 * plan.ms },
    });
    for (let i = 0; i <= plan.accepted; i++) {
      const origin = i < plan.accepted ? 'accepted' : last;
      tokens.push({ id: tokens.length, margin: 1, origin, word: null });
    }
  }
  return {
    topic: 'text vqa',
    ...place,
    prompt: { tokenize: 3, encode: 5, decode: 7, draft: 2 },
    rounds,
    tokens,
  };
}

const anyRound: fc.Arbitrary<RoundPlan> = fc
  .record({
    drafted: fc.nat(8),
    part: fc.double({ min: 0, max: 1, noNaN: true }),
    refused: fc.boolean(),
    score: fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { nil: null }),
    ms: fc.double({ min: 0.01, max: 50, noNaN: true }),
  })
  .map(({ drafted, part, refused, score, ms }) => {
    const accepted = Math.floor(part * drafted);
    return { drafted, accepted, refused: refused && accepted < drafted, score, ms };
  });

/** Turns of several samples, topics and repeats; every (sample, turn, repeat) once. */
export const anyTurns: fc.Arbitrary<ObservedTurn[]> = fc.uniqueArray(
  fc
    .tuple(fc.nat(5), fc.nat(2), fc.nat(2), fc.array(anyRound, { maxLength: 8 }))
    .map(([sample, turn, repeat, rounds]) =>
      observedTurn({ sampleId: `s${sample}`, turn, repeat, topic: `topic ${sample % 3}` }, rounds),
    ),
  {
    minLength: 1,
    maxLength: 12,
    selector: ({ sampleId, turn, repeat }) => `${sampleId} ${turn} ${repeat}`,
  },
);
