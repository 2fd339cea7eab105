import { z } from 'zod';

/**
 * ViSkip's gate (methods.md 5). `paper`: before drafting, a score r >= threshold forbids drafting.
 * `probe`: the score is recorded and compared, never acted on. `off`: no gate.
 */
export const gateModes = ['off', 'paper', 'probe'] as const;
export const gateSpecSchema = z
  .object({ mode: z.enum(gateModes), threshold: z.number().min(0).max(1) })
  .readonly();
export type GateSpec = z.infer<typeof gateSpecSchema>;

export const defaultGateThreshold = 0.35;

/** What the gate did before a round. `hit`: r >= threshold. */
export const gateOutcomeSchema = z
  .object({
    /** r at the row that yielded this round's root; null: no image in the prompt or nothing captured */
    score: z.number().nullable(),
    threshold: z.number().nullable(),
    hit: z.boolean(),
    /** the hit forbade drafting in this round */
    skipped: z.boolean(),
  })
  .readonly();
export type GateOutcome = z.infer<typeof gateOutcomeSchema>;

/** Decides whether to speculate, from the score of the row that yields the next token (methods.md 5.5, paper-style). */
export function decideGate(spec: GateSpec, score: number | null): GateOutcome {
  if (spec.mode === 'off') return { score, threshold: null, hit: false, skipped: false };
  const hit = score !== null && score >= spec.threshold;
  return { score, threshold: spec.threshold, hit, skipped: hit && spec.mode === 'paper' };
}
