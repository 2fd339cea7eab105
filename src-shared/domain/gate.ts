import { z } from 'zod';
import type { CaptureSpec } from './capture.ts';
import { draftFileOf, type MethodSpec } from './method.ts';

/**
 * ViSkip's gate (methods.md 5) on top of any method. In every mode the output is plain decoding's.
 * - off: no gate
 * - paper: before drafting, a score r >= threshold forbids it; the token is decoded plainly
 * - mmspec: decides where the public code does, see `mmspecTiming`; costs what that costs
 * - probe: the score is recorded and compared, never acted on
 * - oracle: skips exactly the rounds in which nothing would be accepted. It looks: draft and verification are made, and
 *   where nothing was accepted, they are dropped, left out of all times, and the round is decoded plainly. Greedy only:
 *   under sampling a second draw after a look would not follow the target's distribution
 * - survey: drafts at every token and verifies it, then drops both, leaves them out of all times, and decodes the token
 *   plainly; what would have been accepted is recorded. A what-if is exact with it. Greedy only
 */
export const gateModes = ['off', 'paper', 'mmspec', 'probe', 'oracle', 'survey'] as const;
export type GateMode = (typeof gateModes)[number];

/** How the heads of a layer become one score: their mean (MMSpec), their maximum, or one head by its 0-based number. */
export const headReductionSchema = z.union([z.enum(['mean', 'max']), z.number().int().min(0)]);
export type HeadReduction = z.infer<typeof headReductionSchema>;

export const gateSpecSchema = z
  .object({
    mode: z.enum(gateModes),
    threshold: z.number().min(0).max(1),
    /** layer whose attention gives r, recorded or not; absent: the last one */
    layer: z.number().int().min(0).optional(),
    /** absent: mean */
    heads: headReductionSchema.optional(),
  })
  .readonly();
export type GateSpec = z.infer<typeof gateSpecSchema>;

export const defaultGateThreshold = 0.35;

/** What the gate did before a round (`mmspec` with a retrieval method: within it). */
export const gateOutcomeSchema = z
  .object({
    /**
     * r at the row that yielded this round's root; `mmspec` with a retrieval method: at the root's own row.
     * null: no image in the prompt or nothing captured
     */
    score: z.number().nullable(),
    /** null: the mode compares with none */
    threshold: z.number().nullable(),
    /** r >= threshold; oracle: nothing would be accepted; survey: always */
    hit: z.boolean(),
    /** the hit kept this round from accepting a draft */
    skipped: z.boolean(),
    /** draft tokens that would have been accepted in a skipped round; null: not skipped, or not known */
    forgone: z.number().int().min(0).nullable(),
  })
  .readonly();
export type GateOutcome = z.infer<typeof gateOutcomeSchema>;

/** Whether the mode compares r with the threshold. */
export function comparesScore(mode: GateMode): boolean {
  return mode === 'paper' || mode === 'mmspec' || mode === 'probe';
}

/** Whether the mode needs the score, so attention must be captured. */
export function readsScore(mode: GateMode): boolean {
  return comparesScore(mode) || mode === 'survey';
}

/** Whether the mode makes drafts only to look at what would become of them. */
export function looksAhead(mode: GateMode): boolean {
  return mode === 'oracle' || mode === 'survey';
}

/**
 * When the public code decides (methods.md 5.3), by what drafts.
 * - within: retrieval methods, as SAM's variant. r is read at the root's own row of a verified draft; a hit throws away
 *   what was accepted of it and commits the target's token at the root alone
 * - after-draft: models and heads, as ViSpec's and MSD's variants. r is read at the row of the deepest accepted node, after
 *   the next draft has been made; a hit wastes that draft, and the token is decoded plainly. The round after it always drafts
 * - null: plain decoding, nothing to skip
 */
export type MmspecTiming = 'within' | 'after-draft';
export function mmspecTiming(method: MethodSpec): MmspecTiming | null {
  if (method.name === 'ar') return null;
  return draftFileOf(method) === null ? 'within' : 'after-draft';
}

/** Compares a score with the threshold. Whether a hit has consequences is the mode's matter: `skipped` is paper's. */
export function decideGate(spec: GateSpec, score: number | null): GateOutcome {
  if (!comparesScore(spec.mode)) return { score, threshold: null, hit: false, skipped: false, forgone: null };
  const hit = score !== null && score >= spec.threshold;
  return {
    score,
    threshold: spec.threshold,
    hit,
    skipped: hit && spec.mode === 'paper',
    forgone: null,
  };
}

/** What is asked of a run besides its gate, as far as the gate depends on it. */
interface GateSurroundings {
  readonly gate: GateSpec;
  readonly capture: CaptureSpec;
  readonly sampling: { readonly temperature: number };
}

/** Why a gate cannot work as asked, with the remedy; null when it can. */
export function gateProblem({ gate, capture, sampling }: GateSurroundings): string | null {
  const { mode } = gate;
  if (looksAhead(mode) && sampling.temperature > 0) {
    return `The gate's ${mode} mode looks at a draw and draws again, which would change the distribution under sampling: set the temperature to 0, or choose another gate.`;
  }
  if (readsScore(mode) && capture.layers === 'none') {
    return `The gate (${mode}) reads attention, and attention is switched off: capture at least the score, or switch the gate off.`;
  }
  return null;
}

/** The gate in a few words, e.g. "paper, r ≥ 0.35, layer 3, max of heads". */
export function gateLabel(gate: GateSpec, number: (value: number) => string = String): string {
  const parts: string[] = [gate.mode];
  if (comparesScore(gate.mode)) parts.push(`r ≥ ${number(gate.threshold)}`);
  if (readsScore(gate.mode)) {
    if (gate.layer !== undefined) parts.push(`layer ${gate.layer}`);
    if (gate.heads !== undefined && gate.heads !== 'mean') {
      parts.push(gate.heads === 'max' ? 'max of heads' : `head ${gate.heads}`);
    }
  }
  return parts.join(', ');
}
