import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eagle3, medusaShared, type PublishedHead } from '../../fixtures/checkpoint/heads.ts';
import { torchZip } from '../../fixtures/checkpoint/write.ts';
import { specula } from './specula.ts';

let home: string;
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'specula-convert-cli-'));
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

function checkpoint({ config, state }: PublishedHead): string {
  const folder = mkdtempSync(join(home, 'checkpoint-'));
  writeFileSync(join(folder, 'config.json'), JSON.stringify(config));
  writeFileSync(join(folder, 'pytorch_model.bin'), torchZip(state.map(([tensor]) => tensor)));
  return folder;
}

test('a head is converted, and what was left out is said with its shape', async () => {
  const out = join(home, 'medusa.gguf');
  const done = await specula(home, 'models', 'convert', checkpoint(medusaShared('BF16')), '--out', out);
  expect(done).toMatchObject({ code: 0, err: '' });
  expect(done.out).toMatch(
    /^medusa head, recognised by the tensor medusa_head\.0\.0\.linear\.weight\n6 tensors, 0\.0 MB, in /,
  );
  expect(done.out).toContain('left out: embed_tokens.weight [120, 64]: Medusa reads no embeddings\n');
  expect(existsSync(out)).toBe(true);
  const again = await specula(home, 'models', 'convert', checkpoint(medusaShared('BF16')), '--out', out);
  expect(again).toMatchObject({ code: 1, out: '' });
  expect(again.err).toContain('exists already');
});

test('options are checked, and the target is looked at', async () => {
  const folder = checkpoint(eagle3('F32'));
  const convert = (...options: string[]) =>
    specula(home, 'models', 'convert', folder, '--out', join(home, 'eagle3.gguf'), ...options);
  const without = await convert();
  expect(without).toMatchObject({ code: 1, out: '' });
  expect(without.err).toContain('--feature-layers paper with --target');
  expect(await convert('--feature-layers', 'paper')).toMatchObject({
    code: 2,
    err: 'specula: --feature-layers paper needs the number of layers: give --target.\n',
  });
  const wrong = await convert('--feature-layers', '1,2');
  expect(wrong).toMatchObject({ code: 2, out: '' });
  expect(wrong.err).toContain('three layers');
  expect(await convert('--target', 'nowhere')).toMatchObject({ code: 2 });
  const other = await convert('--target', 'specula-tiny-target', '--feature-layers', 'paper');
  expect(other).toMatchObject({ code: 1, out: '' });
  expect(other.err).toMatch(/the head is made for a target of width 64; .* has 256/);
});
