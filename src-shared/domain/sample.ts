import { z } from 'zod';

/** One line of `mmspec.jsonl` (methods.md 1.2). */
export const sampleSchema = z
  .object({
    id: z.string().min(1).max(200),
    /** file name relative to the data set's images folder */
    image: z.string().min(1).max(1000),
    turns: z.array(z.string()).min(1).max(64).readonly(),
    category: z.string().max(200),
    topic: z.string().max(200),
  })
  .readonly();
export type Sample = z.infer<typeof sampleSchema>;

/** A line of the data set that could not be used, or something odd about it. */
export const dataSetProblemSchema = z
  .object({ line: z.number().int(), id: z.string().nullable(), reason: z.string() })
  .readonly();
export type DataSetProblem = z.infer<typeof dataSetProblemSchema>;

export const dataSetSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    folder: z.string(),
    builtIn: z.boolean(),
    samples: z.number().int(),
    problems: z.array(dataSetProblemSchema).readonly(),
  })
  .readonly();
export type DataSet = z.infer<typeof dataSetSchema>;
