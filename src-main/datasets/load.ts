import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import {
  type ReferenceAnswer,
  referenceAnswerSchema,
  type WordClasses,
  wordClassesSchema,
} from '../../src-shared/domain/reference.ts';
import { type DataSetProblem, type Sample, sampleSchema } from '../../src-shared/domain/sample.ts';
import { classNeeded } from '../../src-shared/metrics/judge.ts';
import { type ImagePath, resolveImagePath } from './image-path.ts';
import { readLines } from './lines.ts';

const answerLineSchema = z.object({
  id: z.string().min(1),
  /** one per turn */
  answers: z.array(referenceAnswerSchema).readonly(),
});

export interface LoadedDataSet {
  readonly samples: readonly Sample[];
  /** of `answers.jsonl`, by sample id; empty when there is no such file */
  readonly answers: ReadonlyMap<string, readonly ReferenceAnswer[]>;
  /** of `classes.json`: what free answers are judged by; null when there is no such file, or it cannot be used */
  readonly classes: WordClasses | null;
  /** line 0 is said of the whole file */
  readonly problems: readonly DataSetProblem[];
  /** SHA-256 of `mmspec.jsonl`, hexadecimal */
  readonly hash: string;
}

/** More problems than this are only counted. */
const MOST_PROBLEMS = 1000;

/**
 * Loads a folder in MMSpec's format (methods.md 1): `mmspec.jsonl`, `images/`, and optionally our `answers.jsonl`
 * and `classes.json`. Lines that cannot be used are listed and the rest is kept; of samples with the same id the first is kept.
 * @throws Error when there is no `mmspec.jsonl` to read.
 */
export async function loadDataSet(folder: string): Promise<LoadedDataSet> {
  const file = path.join(folder, 'mmspec.jsonl');
  if (!(await isFile(file))) {
    throw new Error(
      `data set ${folder}: there is no mmspec.jsonl; choose a folder with mmspec.jsonl and images/`,
    );
  }
  const problems = new Problems('');
  const samples = new Map<string, Sample>();
  const images = new Map<string, Promise<ImagePath>>();
  const hash = createHash('sha256');
  for await (const { line, value } of parsedLines(file, hash, sampleSchema, problems)) {
    if (samples.has(value.id)) {
      problems.add(line, value.id, 'this id was used by an earlier line; ids must be unique');
      continue;
    }
    const checked = images.get(value.image) ?? resolveImagePath(folder, value.image);
    images.set(value.image, checked);
    const image = await checked;
    if (image.ok) samples.set(value.id, value);
    else problems.add(line, value.id, image.reason);
  }
  const answerProblems = new Problems('answers.jsonl: ');
  const classProblems = new Problems('classes.json: ');
  const classes = await loadClasses(path.join(folder, 'classes.json'), classProblems);
  const answers = await loadAnswers(path.join(folder, 'answers.jsonl'), samples, classes, answerProblems);
  return {
    samples: [...samples.values()],
    answers,
    classes,
    problems: [...problems.list(), ...answerProblems.list(), ...classProblems.list()],
    hash: hash.digest('hex'),
  };
}

/** An id for a data set that the user added: stable for its folder. */
export function dataSetId(folder: string): string {
  return `folder-${createHash('sha256').update(path.resolve(folder)).digest('hex').slice(0, 12)}`;
}

async function loadAnswers(
  file: string,
  samples: ReadonlyMap<string, Sample>,
  classes: WordClasses | null,
  problems: Problems,
): Promise<ReadonlyMap<string, readonly ReferenceAnswer[]>> {
  const answers = new Map<string, readonly ReferenceAnswer[]>();
  if (!(await isFile(file))) return answers;
  for await (const { line, value } of parsedLines(file, createHash('sha256'), answerLineSchema, problems)) {
    const turns = samples.get(value.id)?.turns.length;
    if (answers.has(value.id)) problems.add(line, value.id, 'this id was used by an earlier line');
    else if (turns === undefined) problems.add(line, value.id, 'no usable sample has this id');
    else if (turns !== value.answers.length) {
      problems.add(line, value.id, `${value.answers.length} answers for ${turns} turns`);
    } else {
      const unknown = value.answers
        .map((answer) => unknownName(answer, classes))
        .find((name) => name !== null);
      if (unknown !== undefined) problems.add(line, value.id, `${unknown}; add it to classes.json`);
      else answers.set(value.id, value.answers);
    }
  }
  return answers;
}

/** The word classes by which answers are judged. */
async function loadClasses(file: string, problems: Problems): Promise<WordClasses | null> {
  if (!(await isFile(file))) return null;
  const json = parseJson(await readFile(file, 'utf8'));
  if (!json.ok) {
    problems.add(0, null, `no JSON object (${json.reason})`);
    return null;
  }
  const result = wordClassesSchema.safeParse(json.value);
  if (!result.success) problems.add(0, null, issueText(result.error));
  return result.data ?? null;
}

/** What the judge would not know in an answer's `expect`; null when it knows all. */
function unknownName({ skill, expect }: ReferenceAnswer, classes: WordClasses | null): string | null {
  if (classes === null || expect === undefined) return null;
  if (skill === undefined || !classes.skills.includes(skill)) return `no skill is called "${skill ?? ''}"`;
  const domain = classNeeded(skill, expect, classes);
  if (domain === null || Object.hasOwn(classes.classes, domain)) return null;
  return `no word class is called "${domain}"`;
}

/** The lines that hold a valid value; the others go to `problems`, empty ones are passed over. */
async function* parsedLines<T extends z.ZodType>(
  file: string,
  hash: ReturnType<typeof createHash>,
  schema: T,
  problems: Problems,
): AsyncGenerator<{ line: number; value: z.output<T> }> {
  for await (const { number: line, text, problem } of readLines(file, hash)) {
    if (text === null) {
      problems.add(line, null, problem ?? 'cannot be read');
      continue;
    }
    if (text.trim() === '') continue;
    const json = parseJson(text);
    if (!json.ok) {
      problems.add(line, null, `no JSON object (${json.reason})`);
      continue;
    }
    const result = schema.safeParse(json.value);
    if (result.success) yield { line, value: result.data };
    else problems.add(line, idOf(json.value), issueText(result.error));
  }
}

function parseJson(text: string): { ok: true; value: unknown } | { ok: false; reason: string } {
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch (error) {
    return { ok: false, reason: error instanceof Error ? error.message : String(error) };
  }
}

const idOf = (value: unknown): string | null =>
  z.object({ id: z.string() }).safeParse(value).data?.id ?? null;

function issueText(error: z.ZodError): string {
  return error.issues
    .map(({ path: where, message }) => `${where.join('.') || 'line'}: ${message}`)
    .join('; ');
}

const isFile = (file: string): Promise<boolean> =>
  stat(file).then(
    (found) => found.isFile(),
    () => false,
  );

class Problems {
  readonly #prefix: string;
  readonly #problems: DataSetProblem[] = [];
  #more = 0;

  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  add(line: number, id: string | null, reason: string): void {
    if (this.#problems.length < MOST_PROBLEMS)
      this.#problems.push({ line, id, reason: this.#prefix + reason });
    else this.#more++;
  }

  list(): readonly DataSetProblem[] {
    if (this.#more === 0) return this.#problems;
    return [
      ...this.#problems,
      { line: 0, id: null, reason: `${this.#prefix}${this.#more} more lines with problems` },
    ];
  }
}
