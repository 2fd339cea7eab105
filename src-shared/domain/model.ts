import { z } from 'zod';
import { projectorGeometrySchema } from './geometry.ts';
import { type HeadKind, headKindSchema, headMisfit } from './head.ts';

export const modelRoleSchema = z.enum(['decoder', 'projector', 'head']);
export type ModelRole = z.infer<typeof modelRoleSchema>;

/** A GGUF file that can be loaded. */
export const modelFileSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    path: z.string(),
    builtIn: z.boolean(),
    role: modelRoleSchema,
    arch: z.string(),
    quantisation: z.string(),
    bytes: z.number(),
    layers: z.number().nullable(),
    /** attention heads of a layer of a decoder */
    heads: z.number().nullable(),
    embedding: z.number().nullable(),
    vocab: z.number().nullable(),
    /** how a projector cuts up pictures; null for other files */
    geometry: projectorGeometrySchema.nullable(),
    /** kind of a draft head; null for other files */
    head: headKindSchema.nullable(),
    /** id of the target that a shipped head was trained for; null: not known */
    madeFor: z.string().nullable(),
    sha256: z.string().nullable(),
    /** a target made larger for measuring: times the weights per token of the model that it was made from */
    inflated: z.number().optional(),
    /** null when the file is fine; otherwise what is wrong with it */
    problem: z.string().nullable(),
  })
  .readonly();
export type ModelFile = z.infer<typeof modelFileSchema>;

/** Why a file cannot be the head of this kind for a target (undefined: none is chosen), in words; null: it can. */
export function headProblem(file: ModelFile, kind: HeadKind, target: ModelFile | undefined): string | null {
  if (file.problem !== null) return file.problem;
  if (file.head !== kind)
    return `a head of kind ${file.head ?? 'none'}; the method needs one of kind ${kind}`;
  return target === undefined ? null : headMisfit(target, file);
}

/** The head of a kind for a target: the one that was trained for it, else the first that fits; null: there is none. */
export function headFor(
  files: readonly ModelFile[],
  kind: HeadKind,
  target: ModelFile | undefined,
): ModelFile | null {
  const fitting = files.filter((file) => file.role === 'head' && headProblem(file, kind, target) === null);
  return fitting.find((file) => file.madeFor === target?.id) ?? fitting[0] ?? null;
}

/** A target with its projector, and drafts that fit it. */
export const modelSetSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    builtIn: z.boolean(),
    target: z.string(),
    projector: z.string().nullable(),
    draft: z.string().nullable(),
    draftProjector: z.string().nullable(),
    note: z.string(),
  })
  .readonly();
export type ModelSet = z.infer<typeof modelSetSchema>;
