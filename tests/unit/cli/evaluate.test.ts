import { Command } from 'commander';
import { expect, test } from 'vitest';
import { autoEngine, greedy } from '#shared/domain/run.ts';
import {
  addEvaluateOptions,
  type EvaluateOptions,
  evaluationMethod,
} from '../../../src-main/cli/evaluate-options.ts';
import { evaluationReport } from '../../../src-main/cli/evaluate-report.ts';
import { chooseSamples } from '../../../src-main/cli/evaluate-samples.ts';
import { UsageError } from '../../../src-main/cli/exit.ts';
import { duration, Progress } from '../../../src-main/cli/progress.ts';
import type { LoadedDataSet } from '../../../src-main/datasets/load.ts';
import type { Evaluation } from '../../../src-main/evaluate/evaluation.ts';
import { summarise } from '../../../src-main/evaluate/summary.ts';
import { fingerprint, sample } from '../storage/records.ts';

const data = (topics: string, answered = topics.length): LoadedDataSet => {
  const samples = [...topics].map((topic, i) => ({ ...sample, id: `${topic}${i}`, topic }));
  const answers = new Map(
    samples.slice(0, answered).map(({ id }) => [id, [{ text: 'x', imageWords: [] }]] as const),
  );
  return { samples, answers, classes: null, problems: [], hash: '' };
};
const chosen = (from: LoadedDataSet, topic: string | null, limit: number | null) =>
  chooseSamples('/set', from, { topic, limit }).map((item) => item.sample.id);

test('a limit is shared out among the topics, and the order stays', () => {
  expect(chosen(data('aaabbc'), null, 4)).toEqual(['a0', 'a1', 'b3', 'c5']);
  expect(chosen(data('aaabbc'), null, 6)).toHaveLength(6);
  expect(chosen(data('aab'), 'a', 1)).toEqual(['a0']);
  expect(chosen(data('aab', 2), null, null)).toEqual(['a0', 'a1']);
});

test('nothing to compare with, and unknown topics, are told with what to do', () => {
  expect(() => chosen(data('a', 0), null, null)).toThrow(/^\/set has no reference answers .*answers\.jsonl/);
  expect(() => chosen(data('ab'), 'c', null)).toThrow('There are: a, b.');
  expect(() => chosen(data('ab'), 'c', null)).toThrow(UsageError);
});

function parse(...args: string[]): EvaluateOptions {
  const command = addEvaluateOptions(new Command('evaluate'))
    .exitOverride()
    .configureOutput({ writeErr: () => {} });
  return command.parse(args, { from: 'user' }).opts<EvaluateOptions>();
}

test('drafts are made only where their agreement is wanted', () => {
  expect(evaluationMethod(parse())).toEqual({ name: 'ar' });
  expect(evaluationMethod(parse('--attention'))).toEqual({ name: 'ar' });
  for (const args of [['--agreement'], ['--draft', 'd'], ['--draft-projector', 'p']]) {
    expect(evaluationMethod(parse(...args))).toMatchObject({ name: 'draft-model', shape: { kind: 'chain' } });
  }
  expect(() => parse('--limit', '0')).toThrow('--limit');
});

test('progress counts from when the models were loaded', () => {
  let now = 0;
  let text = '';
  const terminal = { out: () => {}, err: (more: string) => (text += more), styled: true, coloured: true };
  const progress = new Progress({ ...terminal, interactive: true }, 4, 'samples', () => now);
  progress.waiting('loading');
  now = 60_000;
  progress.waiting('loading');
  now = 90_000;
  progress.done();
  expect(text).toMatch(/loading.*1 of 4 samples, about 1 min 30 s left$/s);
  text = '';
  new Progress({ ...terminal, interactive: false }, 4, 'samples', () => now).done();
  expect(text).toBe('');
  expect([duration(400), duration(59_600), duration(7_260_000)]).toEqual(['0 s', '1 min 0 s', '2 h 1 min']);
});

const scored = {
  sampleId: 'a',
  topic: 'x',
  turn: 0,
  question: '',
  reference: '',
  answer: '',
  exact: true,
  right: true,
  kind: null,
  skill: 'color',
  imageWords: { right: 1, of: 2 },
  tokens: 10,
  endedBy: 'end-of-text',
} as const;
const evaluation: Evaluation = {
  version: 1,
  dataSet: { id: 'builtin', name: 'Samples', folder: '/set', hash: '' },
  asked: 1,
  partial: null,
  failures: [],
  spec: {
    dataSetId: 'builtin',
    target: 't',
    projector: null,
    draft: null,
    draftProjector: null,
    method: { name: 'ar' },
    gate: { mode: 'off', threshold: 0.35 },
    sampling: greedy,
    maxTokens: 64,
    systemPrompt: null,
    capture: { layers: 'last' },
    engine: autoEngine,
  },
  fingerprint,
  summary: summarise([scored]),
  attention: null,
  agreement: null,
  turns: [scored],
};

test('tables by topic and skill, with the definition of every column and what it was measured with', () => {
  const text = evaluationReport(evaluation);
  expect(text).toMatch(/^x +1 +1 +100\.0 % +100\.0 % +10\.0$/m);
  expect(text).toMatch(/^all +1 +1 +100\.0 % +100\.0 % +10\.0$/m);
  expect(text).toMatch(/^color +1 +100\.0 % +20\.7 to 100\.0$/m);
  expect(text).toMatch(/^image-dependent words right: 50\.0 % \(1 of 2\)$/m);
  for (const word of ['exact', 'right', 'tokens', 'turns'])
    expect(text).toMatch(new RegExp(`^${word}  `, 'm'));
  expect(text).toMatch(/^target +target, SHA-256 ab$/m);
  expect(text).not.toMatch(/PARTIAL|AUC|agreement|cut off/);
});

test('what was cut short says so', () => {
  const cut = { ...scored, endedBy: 'max-tokens' } as const;
  const text = evaluationReport({ ...evaluation, asked: 9, partial: 'stopped by the user', turns: [cut] });
  expect(text).toContain('PARTIAL: 1 of 9 samples; stopped by the user\n');
  expect(text).toContain('1 answer cut off by --max-tokens\n');
});

test('without rules to judge by there is no column for what is right', () => {
  const plain = { ...scored, right: null, skill: null };
  const text = evaluationReport({ ...evaluation, turns: [plain], summary: summarise([plain]) });
  expect(text).toContain('answers are compared by wording only');
  expect(text).not.toMatch(/^right/m);
  expect(text).not.toMatch(/^skill/m);
});

test('attention and agreement have their tables, or say why there is nothing in them', () => {
  const none = { n: 0, quantiles: [null, null, null, null, null] };
  const empty = evaluationReport({
    ...evaluation,
    attention: { image: none, other: none, auc: null },
    agreement: { image: { n: 0, same: 0 }, other: { n: 0, same: 0 }, unasked: 0 },
  });
  expect(empty).toMatch(/^attention: no exact answer/m);
  expect(empty).toMatch(/^agreement: no exact answer/m);
  const text = evaluationReport({
    ...evaluation,
    attention: {
      image: { n: 3, quantiles: [0.1, 0.2, 0.3, 0.4, 0.5] },
      other: { n: 4, quantiles: [0, 0, 0.1, 0.1, 0.2] },
      auc: 0.9,
    },
    agreement: { image: { n: 2, same: 1 }, other: { n: 0, same: 0 }, unasked: 5 },
  });
  expect(text).toMatch(/^image-dependent +3 +0\.100 +0\.200 +0\.300 +0\.400 +0\.500$/m);
  expect(text).toMatch(/^AUC 0\.900$/m);
  expect(text).toMatch(/^image-dependent +2 +50\.0 %$/m);
  expect(text).toMatch(/^other +0 +-$/m);
  expect(text).toContain('not asked at 5 more');
});
