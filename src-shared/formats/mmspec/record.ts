/** One line of MMSpec's result files (methods.md 2.2): a sample's answers by one method. */
import { z } from 'zod';

const seconds = z.array(z.number()).readonly();

export const choiceSchema = z
  .object({
    /** the seed */
    index: z.number().int(),
    turns: z.array(z.string()).readonly(),
    /** 0-based index of the last round; what that is differs by method, see quirks.ts */
    idxs: z.array(z.number().int()).readonly(),
    new_tokens: z.array(z.number().int().min(0)).readonly(),
    wall_time: seconds,
    /** the baseline's alone; the same as `wall_time` but for microseconds */
    decode_time: seconds.optional(),
    /** accepted draft tokens per round; a number instead of a list: MSD's running mean; absent: the baseline */
    acceptance_length: z
      .union([z.array(z.array(z.number().int().min(0)).readonly()).readonly(), seconds])
      .optional(),
    draft_time: seconds,
    target_time: seconds,
  })
  .refine(
    ({ turns, idxs, new_tokens, wall_time, draft_time, target_time, acceptance_length }) =>
      [idxs, new_tokens, wall_time, draft_time, target_time, acceptance_length ?? turns].every(
        (list) => list.length === turns.length,
      ),
    'every list must have one entry per turn',
  )
  .readonly();
export type Choice = z.infer<typeof choiceSchema>;

export const recordSchema = z
  .object({
    question_id: z.string().min(1).max(200),
    topic: z.string().max(200),
    category: z.string().max(200),
    answer_id: z.string(),
    model_id: z.string(),
    choices: z.array(choiceSchema).min(1).readonly(),
    /** seconds since 1970 */
    tstamp: z.number(),
  })
  .readonly();
export type ResultRecord = z.infer<typeof recordSchema>;

const namePattern = /^(.+)-temperature-([^-]+)\.jsonl$/;

/** Method and temperature of a file by its name, `<method>-temperature-<T>.jsonl`; null for another name. */
export function parseFileName(
  name: string,
): { readonly method: string; readonly temperature: number } | null {
  const [, method, text] = namePattern.exec(name) ?? [];
  const temperature = text === undefined || text.trim() === '' ? Number.NaN : Number(text);
  return method === undefined || !Number.isFinite(temperature) ? null : { method, temperature };
}

export function fileName(method: string, temperature: number): string {
  return `${method}-temperature-${temperature}.jsonl`;
}
