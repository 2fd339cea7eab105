import { z } from 'zod';

export const modelRoleSchema = z.enum(['decoder', 'projector']);
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
    embedding: z.number().nullable(),
    vocab: z.number().nullable(),
    sha256: z.string().nullable(),
    /** null when the file is fine; otherwise what is wrong with it */
    problem: z.string().nullable(),
  })
  .readonly();
export type ModelFile = z.infer<typeof modelFileSchema>;

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
