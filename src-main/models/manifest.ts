import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { headKindSchema } from '../../src-shared/domain/head.ts';
import { errorMessage } from '../errors.ts';

const common = {
  id: z.string().regex(/^[a-z0-9-]+$/),
  /** plain file name beside the manifest */
  file: z.string().regex(/^[\w.-]+\.gguf$/),
  bytes: z.number().int().min(1),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  origin: z.string().min(1),
  licence: z.string().min(1),
  note: z.string(),
};

const fileSchema = z.discriminatedUnion('role', [
  z.strictObject({ ...common, role: z.enum(['target', 'projector', 'draft']) }).readonly(),
  z
    .strictObject({
      ...common,
      role: z.literal('head'),
      head: headKindSchema,
      /** id of the model that it was trained for */
      target: z.string(),
    })
    .readonly(),
]);
export type ManifestFile = z.infer<typeof fileSchema>;

const setSchema = z
  .object({
    id: z.string().regex(/^[a-z0-9-]+$/),
    name: z.string().min(1),
    target: z.string(),
    projector: z.string().nullable(),
    draft: z.string().nullable(),
    draftProjector: z.string().nullable().default(null),
    note: z.string(),
  })
  .strict()
  .readonly();

/** What `models/manifest.json` holds: the shipped files, and sets of them that work together (by file id). */
const manifestSchema = z
  .object({ files: z.array(fileSchema).readonly(), sets: z.array(setSchema).readonly() })
  .strict()
  .superRefine(({ files, sets }, context) => {
    const ids = files.map(({ id }) => id);
    for (const id of ids.filter((one, at) => ids.indexOf(one) !== at)) {
      context.addIssue({ code: 'custom', message: `two files have the id ${id}` });
    }
    const unlisted = (owner: string, id: string): void =>
      context.addIssue({ code: 'custom', message: `${owner} names the file ${id}, which is not listed` });
    for (const file of files) {
      if (file.role === 'head' && !ids.includes(file.target)) unlisted(`head ${file.id}`, file.target);
    }
    for (const set of sets) {
      for (const id of [set.target, set.projector, set.draft, set.draftProjector]) {
        if (id !== null && !ids.includes(id)) unlisted(`set ${set.id}`, id);
      }
    }
  })
  .readonly();
export type Manifest = z.infer<typeof manifestSchema>;

/** Reads and checks `manifest.json` of a models folder. @throws Error that names the file and what is wrong in it. */
export async function loadManifest(folder: string): Promise<Manifest> {
  const file = path.join(folder, 'manifest.json');
  try {
    const result = manifestSchema.safeParse(JSON.parse(await readFile(file, 'utf8')));
    if (result.success) return result.data;
    throw new Error(z.prettifyError(result.error));
  } catch (error) {
    throw new Error(`model list ${file}: ${errorMessage(error)}; restore it from the repository`, {
      cause: error,
    });
  }
}
