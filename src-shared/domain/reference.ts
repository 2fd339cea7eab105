/** What the side files of a data set say about right answers; their format is described in models/train/README.md. */
import { z } from 'zod';

/** How the words that an answer must say are compared; `metrics/judge.ts` explains each. */
export const expectRules = ['first', 'last', 'all', 'set', 'option', 'quotes', 'facts'] as const;

export const expectSchema = z
  .object({
    rule: z.enum(expectRules),
    values: z.array(z.string()).readonly(),
    /** name of a word class; empty for rules that need none */
    domain: z.string().default(''),
  })
  .readonly();
export type Expect = z.infer<typeof expectSchema>;

/** A marked part of a reference answer, in Unicode code points. */
export const spanSchema = z
  .object({ start: z.number().int().min(0), end: z.number().int().min(0) })
  .readonly()
  .refine(({ start, end }) => start < end, 'a span must end after its start');
export type Span = z.infer<typeof spanSchema>;

/** The reference answer of one turn. */
export const referenceAnswerSchema = z
  .object({
    text: z.string(),
    /** its words that cannot be known without the picture, in order */
    imageWords: z.array(z.string()).readonly().default([]),
    /** where those words stand */
    spans: z.array(spanSchema).readonly().optional(),
    /** kind of question */
    kind: z.string().max(200).optional(),
    /** what the question tests */
    skill: z.string().min(1).max(200).optional(),
    /** what a right answer must say; without it only the wording can be compared */
    expect: expectSchema.optional(),
  })
  .readonly();
export type ReferenceAnswer = z.infer<typeof referenceAnswerSchema>;

const words = z.array(z.string().min(1)).min(1).readonly();

/** `classes.json`: the words that answers are judged by. */
export const wordClassesSchema = z
  .object({
    version: z.literal(1),
    skills: z.array(z.string()).readonly(),
    /** skills whose listed facts name every object: an answer with more objects is wrong */
    wholeObjects: z.array(z.string()).readonly(),
    /** number words in digits */
    digits: z.record(z.string(), z.string()),
    /** phrases of one word from each part, by the name of the class */
    classes: z.record(
      z.string(),
      z
        .object({
          parts: z.array(words).min(1).readonly(),
          /** large and small letters differ */
          cased: z.boolean(),
          /** every number in digits belongs to the class too */
          digits: z.boolean(),
        })
        .readonly(),
    ),
  })
  .readonly();
export type WordClasses = z.infer<typeof wordClassesSchema>;
