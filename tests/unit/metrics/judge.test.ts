import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { expectSchema, wordClassesSchema } from '../../../src-shared/domain/reference.ts';
import { answerJudge } from '../../../src-shared/metrics/judge.ts';

const file = join(import.meta.dirname, '../../golden/judge.jsonl');
const lineSchema = z.object({
  question: z.string(),
  skill: z.string(),
  expect: expectSchema,
  right: z.array(z.string()),
  wrong: z.array(z.string()),
});
const [first, ...rest] = readFileSync(file, 'utf8')
  .trimEnd()
  .split('\n')
  .map((line): unknown => JSON.parse(line));
const classes = wordClassesSchema.parse(first);
const lines = rest.map((line) => lineSchema.parse(line));
const judge = answerJudge(classes);

it('gives the verdicts of the Python judge, for every rule', () => {
  const differing = lines.flatMap(({ question, skill, expect: wanted, right, wrong }) => [
    ...right.filter((text) => !judge(skill, question, wanted, text)),
    ...wrong.filter((text) => judge(skill, question, wanted, text)),
  ]);
  expect(differing).toEqual([]);
  expect(lines.flatMap(({ right }) => right).length).toBeGreaterThan(300);
  expect(lines.flatMap(({ wrong }) => wrong).length).toBeGreaterThan(200);
  expect(new Set(lines.map((line) => line.expect.rule)).size).toBeGreaterThanOrEqual(6);
});

it('judges an order of words', () => {
  const all = { rule: 'all', values: ['red', 'blue'], domain: 'color' } as const;
  expect(judge('color', '?', all, 'First red, then BLUE.')).toBe(true);
  expect(judge('color', '?', all, 'First blue, then red.')).toBe(false);
});

it('refuses names that it does not know', () => {
  const wanted = { rule: 'first', values: ['red'], domain: 'color' } as const;
  expect(() => judge('smell', '?', wanted, 'red')).toThrow('no skill is called "smell"');
  expect(() => judge('color', '?', { ...wanted, domain: 'smell' }, 'red')).toThrow(
    'no word class is called "smell"',
  );
});
