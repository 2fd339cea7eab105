import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { type DataSetProblem, type Sample, sampleSchema } from '../../src-shared/domain/sample.ts';
import { type ImagePath, resolveImagePath } from './image-path.ts';
import { readLines } from './lines.ts';

const answerLineSchema = z.object({
  id: z.string().min(1),
  /** one per turn */
  answers: z
    .array(z.object({ text: z.string(), imageWords: z.array(z.string()).readonly().default([]) }).readonly())
    .readonly(),
});

/** A reference answer of one turn; `imageWords` are its words that cannot be known without the picture. */
export type ReferenceAnswer = z.output<typeof answerLineSchema>['answers'][number];

export interface LoadedDataSet {
  readonly samples: readonly Sample[];
  /** of `answers.jsonl`, by sample id; empty when there is no such file */
  readonly answers: ReadonlyMap<string, readonly ReferenceAnswer[]>;
  /** line 0 is said of the whole file */
  readonly problems: readonly DataSetProblem[];
  /** SHA-256 of `mmspec.jsonl`, hexadecimal */
  readonly hash: string;
}

/** More problems than this are only counted. */
const MOST_PROBLEMS = 1000;

/**
 * Loads a folder in MMSpec's format (methods.md 1): `mmspec.jsonl`, `images/`, and optionally our `answers.jsonl`. Lines
 * that cannot be used are listed and the rest is kept; of samples with the same id the first is kept.
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
  const answers = await loadAnswers(path.join(folder, 'answers.jsonl'), samples, answerProblems);
  return {
    samples: [...samples.values()],
    answers,
    problems: [...problems.list(), ...answerProblems.list()],
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
    } else answers.set(value.id, value.answers);
  }
  return answers;
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
