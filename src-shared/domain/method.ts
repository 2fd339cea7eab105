import { z } from 'zod';
import { assertNever } from './assert.ts';
import type { HeadKind } from './head.ts';
import { eagleShape, recyclingShape } from './shapes.ts';

const small = z.number().int().min(1);

/** the most likely token, `length` times */
const chain = z.object({ kind: z.literal('chain'), length: small.max(64) }).readonly();

/** EAGLE-2 selection (methods.md 4.0.1): K per node, D beam levels after the first, N nodes with the root */
const dynamic = z
  .object({
    kind: z.literal('dynamic'),
    topK: small.max(32),
    depth: z.number().int().min(0).max(16),
    nodes: small.min(2).max(128),
  })
  .readonly();

/** fixed tree: node i+1 hangs from `parents[i]` (0 = root) and takes the `ranks[i]`-th most likely draft token there */
const fixed = z
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
  .readonly();

/** Shape of a draft. */
export const draftShapeSchema = z.discriminatedUnion('kind', [chain, dynamic, fixed]);
export type DraftShape = z.infer<typeof draftShapeSchema>;

/**
 * Where MMSpec's code drafts differently from the paper it names (methods.md, decision 1): `paper` is the method as
 * published, `mmspec` that code's behaviour as far as it is lossless. EAGLE-1's two are told by the `shape` alone.
 */
export const variants = ['paper', 'mmspec'] as const;
const variant = z.enum(variants);
export type Variant = z.infer<typeof variant>;

/** A draft head: the shape of what it drafts. */
const head = <N extends string>(name: N) =>
  z.object({ name: z.literal(name), shape: draftShapeSchema }).readonly();

export const methodSpecSchema = z.discriminatedUnion('name', [
  /** plain decoding */
  z.object({ name: z.literal('ar') }).readonly(),
  /** a smaller model drafts */
  z.object({ name: z.literal('draft-model'), shape: draftShapeSchema }).readonly(),
  /** prompt lookup decoding (methods.md 4.1): the n-gram before the end is looked up in prompt and answer */
  z.object({ name: z.literal('pld'), ngram: small.max(16), maxDraft: small.max(63) }).readonly(),
  /** a trie of what followed each token (methods.md 4.2); `mmspec`: the whole text is the query, one branch is drafted */
  z
    .object({
      name: z.literal('lookahead'),
      variant,
      /** most nodes of a draft, with the root */
      nodes: small.min(2).max(128),
      /** tokens kept after each token of the text, so the depth of the trie */
      branch: small.max(32),
      /** most tokens before the end that are looked up, longest match first; `mmspec` takes all */
      query: small.max(16),
      /** the trie keeps what earlier runs of this process answered, not the turns of this sample alone */
      shared: z.boolean(),
    })
    .readonly(),
  /**
   * the target's top tokens after each token are kept, and a chain or fixed tree is filled from them (methods.md 4.3);
   * `mmspec`: nothing is drafted that would repeat the tokens before it
   */
  z
    .object({
      name: z.literal('recycling'),
      variant,
      shape: z.discriminatedUnion('kind', [chain, fixed]),
    })
    .readonly(),
  /** suffix automaton over prompt and answer (methods.md 4.4); `mmspec`: one more step on the last token before drafting */
  z
    .object({
      name: z.literal('sam'),
      variant,
      /** drafted tokens per matched token */
      perMatch: small.max(16),
      maxDraft: small.max(63),
    })
    .readonly(),
  /** heads that each predict one more token from the target's state (methods.md 4.5); levels beyond their number are left out */
  head('medusa'),
  head('eagle'),
  z
    .object({
      name: z.literal('eagle2'),
      shape: draftShapeSchema,
      /** nodes less likely than this (cumulative, of the draft) are not kept, as in MMSpec's code; null: off, as published */
      threshold: z.number().gt(0).lt(1).nullable(),
    })
    .readonly(),
  head('eagle3'),
  head('msd'),
  head('vispec'),
]);
export type MethodSpec = z.infer<typeof methodSpecSchema>;
export type MethodName = MethodSpec['name'];
export const methodNames = [
  'ar',
  'draft-model',
  'pld',
  'lookahead',
  'recycling',
  'sam',
  'medusa',
  'eagle',
  'eagle2',
  'eagle3',
  'msd',
  'vispec',
] as const satisfies readonly MethodName[];

/** What a run's `draft` must name: a whole model, or a head of a kind. */
export type DraftFile = 'model' | HeadKind;

/** Which draft file the method needs; null: none. */
export function draftFileOf(method: MethodSpec): DraftFile | null {
  switch (method.name) {
    case 'ar':
    case 'pld':
    case 'lookahead':
    case 'recycling':
    case 'sam':
      return null;
    case 'draft-model':
      return 'model';
    case 'eagle':
    case 'eagle2':
      return 'eagle';
    case 'eagle3':
    case 'medusa':
    case 'msd':
    case 'vispec':
      return method.name;
    default:
      return assertNever(method);
  }
}

/** The draft file in words, e.g. "a draft head of kind eagle". */
export function draftFileLabel(file: DraftFile): string {
  return file === 'model' ? 'a draft model' : `a draft head of kind ${file}`;
}

const tree = { kind: 'dynamic', topK: 8, depth: 3, nodes: 30 } as const;

/**
 * The published defaults of a method (methods.md 4): PLD 4-gram and 10 tokens; Lookahead 64 nodes of 12 levels, queries of
 * 4 tokens; Token Recycling its tree of 81 nodes, or MMSpec's chain of 10; SAM 4 tokens per matched one, at most 39;
 * EAGLE-1 its own fixed tree, or MMSpec's dynamic one; other trees K=8, D=3, N=30, MSD's K=10, D=5, N=59, Medusa's with as
 * many levels as it has heads. Methods without variants are the same in both.
 */
export function defaultMethod(name: MethodName, variant: Variant = 'paper'): MethodSpec {
  switch (name) {
    case 'ar':
      return { name };
    case 'pld':
      return { name, ngram: 4, maxDraft: 10 };
    case 'lookahead':
      return { name, variant, nodes: 64, branch: 12, query: 4, shared: variant === 'mmspec' };
    case 'recycling':
      return { name, variant, shape: variant === 'paper' ? recyclingShape : { kind: 'chain', length: 10 } };
    case 'sam':
      return { name, variant, perMatch: 4, maxDraft: 39 };
    case 'medusa':
      return { name, shape: { ...tree, depth: 2 } };
    case 'eagle':
      return { name, shape: variant === 'paper' ? eagleShape : tree };
    case 'eagle2':
      return { name, shape: tree, threshold: variant === 'paper' ? null : 0.3 };
    case 'msd':
      return { name, shape: { kind: 'dynamic', topK: 10, depth: 5, nodes: 59 } };
    case 'draft-model':
    case 'eagle3':
    case 'vispec':
      return { name, shape: tree };
    default:
      return assertNever(name);
  }
}

/** Methods whose defaults differ between the variants. */
export const methodsWithVariants: readonly MethodName[] = [
  'lookahead',
  'recycling',
  'sam',
  'eagle',
  'eagle2',
];

/** Short label of a shape, e.g. "dynamic K8 D3 N30". */
function shapeLabel(s: DraftShape): string {
  switch (s.kind) {
    case 'chain':
      return `chain ${s.length}`;
    case 'dynamic':
      return `dynamic K${s.topK} D${s.depth} N${s.nodes}`;
    case 'static':
      return `static ${s.parents.length + 1}`;
    default:
      return assertNever(s);
  }
}

/** Short label, e.g. "draft-model dynamic K8 D3 N30". */
export function methodLabel(method: MethodSpec): string {
  switch (method.name) {
    case 'ar':
      return 'ar';
    case 'pld':
      return `pld n${method.ngram} m${method.maxDraft}`;
    case 'lookahead': {
      const { nodes, branch, query, shared } = method;
      const queried = method.variant === 'mmspec' ? 'mmspec' : `q${query}`;
      return `lookahead N${nodes} B${branch} ${queried}${shared ? ' shared' : ''}`;
    }
    case 'recycling':
      return `recycling ${shapeLabel(method.shape)}${method.variant === 'mmspec' ? ' mmspec' : ''}`;
    case 'sam':
      return `sam x${method.perMatch} m${method.maxDraft}${method.variant === 'mmspec' ? ' mmspec' : ''}`;
    case 'eagle2': {
      const cut = method.threshold === null ? '' : ` p>${method.threshold}`;
      return `eagle2 ${shapeLabel(method.shape)}${cut}`;
    }
    case 'draft-model':
    case 'medusa':
    case 'eagle':
    case 'eagle3':
    case 'msd':
    case 'vispec':
      return `${method.name} ${shapeLabel(method.shape)}`;
    default:
      return assertNever(method);
  }
}
