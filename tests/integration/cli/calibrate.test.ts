import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { required } from '../../../src-shared/domain/assert.ts';
import { type Result, specula } from './specula.ts';

let home: string;
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'specula-calibrate-'));
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

const cpu = ['--gpu', 'cpu', '--threads', '1'];
const point = z.object({
  threshold: z.number().nullable(),
  count: z.object({ rounds: z.number(), skipped: z.number(), newTokens: z.number() }),
  ms: z.number().nullable(),
});
const output = z.object({
  runs: z.array(z.object({ run: z.string(), survey: z.string() })),
  best: point,
  curve: z.array(point),
  check: z.object({ rounds: z.number() }).nullable(),
});
const parsed = (result: Result) => {
  expect(result.code, result.err).toBe(0);
  return output.parse(JSON.parse(result.out));
};

test('fits a threshold on runs that it makes, and on recorded ones without making any', {
  timeout: 240_000,
}, async () => {
  const own = ['--samples', '2', '--max-tokens', '24', '--check', '--json', ...cpu];
  const made = parsed(await specula(home, 'calibrate', '--method', 'draft-model', ...own));
  expect(made.runs).toHaveLength(2);
  expect(made.best.ms).toBe(Math.min(...made.curve.map(({ ms }) => required(ms, 'a time'))));
  expect(new Set(made.curve.map(({ count }) => count.newTokens)).size).toBe(1);
  if (made.best.threshold !== null) expect(made.check?.rounds).toBe(made.best.count.rounds);

  // Real runs on both sides of the curve.
  const list = async () => (await specula(home, 'runs', '--json')).out.trim().split('\n').length;
  const before = await list();
  const ids = made.runs.map(({ run }) => run);
  const again = parsed(await specula(home, 'calibrate', '--run', ...ids, '--json'));
  expect(await list()).toBe(before);
  expect(again.curve.map(({ count }) => count)).toEqual(made.curve.map(({ count }) => count));
  expect(again.best).toEqual(made.best);
  const csv = await specula(home, 'calibrate', '--run', ...ids, '--csv');
  expect(csv.out.trimEnd().split('\n')).toHaveLength(1 + made.curve.length);
});

test('wrong use is told with the remedy', { timeout: 60_000 }, async () => {
  const plain = await specula(home, 'calibrate', '--method', 'ar');
  expect(plain).toMatchObject({ code: 2, out: '' });
  expect(plain.err).toContain('Plain decoding drafts nothing: choose a method with --method.');
  const none = await specula(home, 'calibrate', '--run', 'nowhere');
  expect(none).toMatchObject({ code: 2, out: '' });
  expect(none.err).toContain('There is no run nowhere.');
});
