import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { fixtureModels } from '../../fixtures/gguf/index.ts';
import { mlpProjector } from '../../fixtures/gguf/projectors.ts';
import { encodeGguf } from '../../fixtures/gguf/writer.ts';
import { crashFile } from './support.ts';

function runChild(model: string, projector: string) {
  const script = path.join(import.meta.dirname, 'crash-child.ts');
  return spawnSync(process.execPath, [script, model, projector, crashFile], { encoding: 'utf8' });
}

it('an assertion inside ggml leaves its words in the crash file', async () => {
  const { target, projector } = await fixtureModels();
  // Three heads do not divide a width of 64: nothing checks that before the graph is built.
  const sound = mlpProjector(128, 2);
  const metadata = new Map([...sound.metadata, ['clip.vision.attention.head_count', { u32: 3 }] as const]);
  const broken = path.join(path.dirname(crashFile), 'three-heads.gguf');
  writeFileSync(broken, encodeGguf({ ...sound, metadata }));

  expect(runChild(target, projector)).toMatchObject({ status: 0, signal: null });
  expect(existsSync(crashFile)).toBe(false);

  const crashed = runChild(target, broken);
  expect(crashed.status === 0).toBe(false);
  expect(readFileSync(crashFile, 'utf8')).toMatch(/ggml.*GGML_ASSERT\(.*\) failed/);
});
