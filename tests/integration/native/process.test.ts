import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { fixtureModels } from '../../fixtures/gguf/index.ts';
import { mlpProjector } from '../../fixtures/gguf/projectors.ts';
import { encodeGguf } from '../../fixtures/gguf/writer.ts';
import { crashFile } from './support.ts';

function runChild(model: string, projector: string, mode: 'stay' | 'leave') {
  const script = path.join(import.meta.dirname, 'child.ts');
  return spawnSync(process.execPath, [script, model, projector, crashFile, mode], { encoding: 'utf8' });
}

it('an assertion inside ggml leaves its words in the crash file', async () => {
  const { target, projector } = await fixtureModels();
  // Three heads do not divide a width of 64: nothing checks that before the graph is built.
  const sound = mlpProjector(128, 2);
  const metadata = new Map([...sound.metadata, ['clip.vision.attention.head_count', { u32: 3 }] as const]);
  const broken = path.join(path.dirname(crashFile), 'three-heads.gguf');
  writeFileSync(broken, encodeGguf({ ...sound, metadata }));

  expect(runChild(target, projector, 'stay')).toMatchObject({ status: 0, signal: null });
  expect(existsSync(crashFile)).toBe(false);

  const crashed = runChild(target, broken, 'stay');
  expect(crashed.status === 0).toBe(false);
  expect(readFileSync(crashFile, 'utf8')).toMatch(/ggml.*GGML_ASSERT\(.*\) failed/);
});

it('a process may exit in the middle of a decode', async () => {
  const { target, projector } = await fixtureModels();
  const left = runChild(target, projector, 'leave');
  expect([left.status, left.signal, left.stderr]).toEqual([0, null, '']);
});
