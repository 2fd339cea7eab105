import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { samplesWith } from '../../fixtures/samples.ts';
import { specula } from './specula.ts';

let home: string;
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'specula-inflate-cli-'));
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

test('an inflated target is written, listed as what it is, and named so with its numbers', async () => {
  const out = join(home, 'big.gguf');
  const inflated = await specula(
    home,
    'models',
    'inflate',
    'specula-tiny-target',
    '--out',
    out,
    '--megabytes',
    '24',
  );
  expect(inflated).toMatchObject({ code: 0, err: '' });
  expect(inflated.out).toMatch(
    /^inflated x[\d.]+: one token reads [\d.]+ MB of weights instead of [\d.]+ MB\n/,
  );
  expect(await specula(home, 'models', 'add', out)).toMatchObject({ code: 0 });
  const models = await specula(home, 'models');
  expect(models.out).toMatch(/^user-\w+ +decoder, inflated x[\d.]+ /m);
  const [sample] = await samplesWith(() => true);
  const run = await specula(
    home,
    'run',
    '--sample',
    sample.id,
    '--target',
    out,
    '--projector',
    'specula-tiny-mmproj',
    '--method',
    'ar',
    '--max-tokens',
    '3',
    '--gpu',
    'cpu',
  );
  expect(run.code).toBe(0);
  expect(run.out).toMatch(/^target +big\.gguf \(inflated x[\d.]+\)$/m);
}, 180_000);

test('wrong use and models that cannot grow are told', async () => {
  const inflate = (...args: string[]) => specula(home, 'models', 'inflate', ...args);
  const none = await inflate('nothing', '--out', join(home, 'x.gguf'), '--megabytes', '30');
  expect(none).toMatchObject({ code: 2, out: '' });
  expect(none.err).toContain('nothing is neither a file nor a known model (specula-tiny-target');
  const projector = await inflate('specula-tiny-mmproj', '--out', join(home, 'x.gguf'), '--megabytes', '30');
  expect(projector).toMatchObject({ code: 1, out: '' });
  expect(projector.err).toContain('its architecture is clip');
}, 120_000);
