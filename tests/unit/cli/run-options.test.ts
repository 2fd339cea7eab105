import { Command } from 'commander';
import { expect, test } from 'vitest';
import { defaultMethod, methodNames, methodsWithVariants } from '#shared/domain/method.ts';
import { addRunOptions, captureOf, methodOf, type RunOptions } from '../../../src-main/cli/run-options.ts';

function parse(...args: string[]): RunOptions {
  const command = addRunOptions(new Command('run'))
    .exitOverride()
    .configureOutput({ writeErr: () => {} });
  return command.parse(['--sample', 's', ...args], { from: 'user' }).opts<RunOptions>();
}

test('methods from their options, with the published defaults', () => {
  const method = (...args: string[]) => methodOf(parse(...args));
  expect(method()).toEqual({ name: 'draft-model', shape: { kind: 'dynamic', topK: 8, depth: 3, nodes: 30 } });
  expect(method('--chain', '5')).toEqual({ name: 'draft-model', shape: { kind: 'chain', length: 5 } });
  expect(method('--tree', '4, 2,16')).toMatchObject({
    shape: { kind: 'dynamic', topK: 4, depth: 2, nodes: 16 },
  });
  expect(method('--method', 'pld')).toEqual({ name: 'pld', ngram: 4, maxDraft: 10 });
  expect(method('--method', 'pld', '--ngram', '3', '--max-draft', '7')).toEqual({
    name: 'pld',
    ngram: 3,
    maxDraft: 7,
  });
  expect(method('--method', 'ar')).toEqual({ name: 'ar' });
  for (const name of methodNames) expect(method('--method', name)).toEqual(defaultMethod(name));
});

test('what is recorded of the attention', () => {
  const capture = (...args: string[]) => captureOf(parse(...args));
  expect(capture()).toEqual({ layers: 'last' });
  expect(capture('--capture', 'score')).toEqual({ layers: 'score' });
  expect(capture('--capture', '0, 3', '--capture-heads')).toEqual({ layers: [0, 3], heads: true });
  for (const wrong of ['some', '-1', '1.5', ',']) expect(() => capture('--capture', wrong), wrong).toThrow();
});

test('variants and the parameters of each method', () => {
  const method = (...args: string[]) => methodOf(parse('--method', ...args));
  for (const name of methodsWithVariants) {
    expect(method(name, '--variant', 'mmspec')).toEqual(defaultMethod(name, 'mmspec'));
    expect(method(name, '--variant', 'mmspec')).not.toEqual(method(name, '--variant', 'paper'));
  }
  expect(method('lookahead', '--nodes', '20', '--branch', '6', '--query', '2', '--shared')).toEqual({
    name: 'lookahead',
    variant: 'paper',
    nodes: 20,
    branch: 6,
    query: 2,
    shared: true,
  });
  expect(method('sam', '--per-match', '2', '--max-draft', '9')).toMatchObject({ perMatch: 2, maxDraft: 9 });
  expect(method('recycling', '--chain', '5')).toMatchObject({ shape: { kind: 'chain', length: 5 } });
  expect(method('eagle', '--tree', '4,2,16')).toMatchObject({ shape: { topK: 4, depth: 2, nodes: 16 } });
  expect(method('eagle2', '--tree-threshold', '0.2')).toMatchObject({ threshold: 0.2 });
});

test('options of another method are refused by name', () => {
  for (const args of [
    ['--method', 'ar', '--chain', '3'],
    ['--method', 'pld', '--tree', '4,2,16'],
    ['--method', 'draft-model', '--ngram', '3'],
    ['--max-draft', '3'],
    ['--method', 'recycling', '--tree', '4,2,16'],
    ['--method', 'pld', '--variant', 'mmspec'],
    ['--method', 'sam', '--shared'],
    ['--method', 'eagle', '--tree-threshold', '0.2'],
  ]) {
    expect(() => methodOf(parse(...args)), args.join(' ')).toThrow('belongs to --method');
  }
});

test('values out of range, half numbers and unknown words are refused', () => {
  for (const args of [
    ['--chain', '0'],
    ['--variant', 'other'],
    ['--tree-threshold', '1'],
    ['--nodes', '1'],
    ['--chain', '2.5'],
    ['--chain', 'two'],
    ['--chain', ''],
    ['--tree', '4,2'],
    ['--tree', '4,2,16,1'],
    ['--tree', '4,,16'],
    ['--tree', '99,2,16'],
    ['--chain', '2', '--tree', '4,2,16'],
    ['--threshold', '1.5'],
    ['--temperature', '-1'],
    ['--top-p', '0'],
    ['--seed', '-1'],
    ['--context', '10'],
    ['--method', 'magic'],
    ['--gate', 'maybe'],
    ['--gpu', 'tpu'],
    ['--capture', 'some'],
  ]) {
    expect(() => parse(...args), args.join(' ')).toThrow(/invalid|conflict|cannot be used/);
  }
});
