import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { addOwnPicture } from '../../../src-main/datasets/own-pictures.ts';

const folder = mkdtempSync(join(tmpdir(), 'specula-own-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const file = join(folder, 'mmspec.jsonl');
const picture = { bytes: Buffer.from('x'), sha256: 'a'.repeat(64), format: 'png' };
const lines = () => readFileSync(file, 'utf8').split('\n');

test('ids go on from the highest in use, whatever lines were taken out', async () => {
  expect((await addOwnPicture(folder, picture, 'one')).id).toBe('own_001');
  expect((await addOwnPicture(folder, picture, 'two "own_009"')).id).toBe('own_002');
  writeFileSync(file, `${lines()[1]}\n`);
  expect((await addOwnPicture(folder, picture, 'three')).id).toBe('own_003');
});

test('a line that was cut short spoils no other', async () => {
  appendFileSync(file, '{"id": "own_0');
  const { id } = await addOwnPicture(folder, picture, 'four');
  expect(JSON.parse(lines().at(-2) ?? '')).toMatchObject({ id, turns: ['four'] });
});

test('a file that cannot be read is no empty one', async () => {
  rmSync(file);
  await addOwnPicture(folder, picture, 'one');
  const other = mkdtempSync(join(tmpdir(), 'specula-own-'));
  // A folder in the place of the file.
  await addOwnPicture(join(other, 'mmspec.jsonl', 'inner'), picture, 'one');
  await expect(addOwnPicture(other, picture, 'one')).rejects.toThrow(/EISDIR/);
  rmSync(other, { recursive: true, force: true });
});
