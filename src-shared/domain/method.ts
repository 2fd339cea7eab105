import { z } from 'zod';
import { assertNever } from './assert.ts';

const small = z.number().int().min(1);

/** Shape of a model's draft. */
export const draftShapeSchema = z.discriminatedUnion('kind', [
  /** the draft's most likely token, `length` times */
  z.object({ kind: z.literal('chain'), length: small.max(64) }).readonly(),
  /** EAGLE-2 selection (methods.md 4.0.1): K per node, D beam levels after the first, N nodes with the root */
  z
    .object({
      kind: z.literal('dynamic'),
      topK: small.max(32),
      depth: z.number().int().min(0).max(16),
      nodes: small.min(2).max(128),
    })
    .readonly(),
  /** fixed tree: node i+1 hangs from `parents[i]` (0 = root) and takes the `ranks[i]`-th most likely draft token there */
  z
    .object({
      kind: z.literal('static'),
      parents: z.array(z.number().int().min(0)).min(1).max(127).readonly(),
      ranks: z.array(z.number().int().min(0).max(31)).min(1).max(127).readonly(),
    })
    .refine((s) => s.parents.length === s.ranks.length, 'parents and ranks must have the same length')
    .refine((s) => s.parents.every((p, i) => p <= i), 'every parent must come before its child')
    .refine(
      (s) => new Set(s.parents.map((p, i) => `${p}:${s.ranks[i]}`)).size === s.parents.length,
      'two children of a node have the same rank',
    )
    .readonly(),
]);
export type DraftShape = z.infer<typeof draftShapeSchema>;

export const methodSpecSchema = z.discriminatedUnion('name', [
  /** plain decoding */
  z.object({ name: z.literal('ar') }).readonly(),
  /** a smaller model drafts */
  z.object({ name: z.literal('draft-model'), shape: draftShapeSchema }).readonly(),
  /** prompt lookup decoding (methods.md 4.1): the n-gram before the end is looked up in prompt and answer */
  z.object({ name: z.literal('pld'), ngram: small.max(16), maxDraft: small.max(63) }).readonly(),
]);
export type MethodSpec = z.infer<typeof methodSpecSchema>;
export type MethodName = MethodSpec['name'];
export const methodNames = ['ar', 'draft-model', 'pld'] as const satisfies readonly MethodName[];

/** Whether the method needs a draft model. */
export function needsDraft(method: MethodSpec): boolean {
  return method.name === 'draft-model';
}

/** The published defaults of a method: PLD 4-gram and 10 tokens; trees K=8, D=3, N=30 (methods.md 4.0.1, 4.1). */
export function defaultMethod(name: MethodName): MethodSpec {
  switch (name) {
    case 'ar':
      return { name };
    case 'draft-model':
      return { name, shape: { kind: 'dynamic', topK: 8, depth: 3, nodes: 30 } };
    case 'pld':
      return { name, ngram: 4, maxDraft: 10 };
    default:
      return assertNever(name);
  }
}

/** Short label, e.g. "draft-model dynamic K8 D3 N30". */
export function methodLabel(method: MethodSpec): string {
  switch (method.name) {
    case 'ar':
      return 'ar';
    case 'pld':
      return `pld n${method.ngram} m${method.maxDraft}`;
    case 'draft-model': {
      const s = method.shape;
      switch (s.kind) {
        case 'chain':
          return `draft-model chain ${s.length}`;
        case 'dynamic':
          return `draft-model dynamic K${s.topK} D${s.depth} N${s.nodes}`;
        case 'static':
          return `draft-model static ${s.parents.length + 1}`;
        default:
          return assertNever(s);
      }
    }
    default:
      return assertNever(method);
  }
}
