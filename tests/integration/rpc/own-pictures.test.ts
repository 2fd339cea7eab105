import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Bench, builtInSpec } from './bench.ts';

let bench: Bench;
let png: Buffer;

beforeAll(async () => {
  bench = new Bench();
  const raw = { width: 300, height: 120, channels: 3 } as const;
  png = await sharp({ create: { ...raw, background: '#c02020' } })
    .png()
    .toBuffer();
});
afterAll(() => bench.close());

/** Sends a file in pieces of some bytes. */
async function send(bytes: Uint8Array, piece = bytes.length): Promise<string> {
  const upload = randomUUID();
  for (let at = 0; at < bytes.length; at += piece) {
    const part = Buffer.from(bytes.subarray(at, at + piece)).toString('base64');
    await bench.call('pictures.send', { upload, part });
  }
  return upload;
}

test('a picture that comes in pieces becomes a sample, and a run about it has its size', async () => {
  const upload = await send(png, 100);
  expect(await bench.call('pictures.check', { upload, name: 'red.png' })).toEqual({
    width: 300,
    height: 120,
  });
  const question = 'What colour "is" this?';
  const asked = await bench.call('pictures.ask', { upload, name: 'red.png', question });
  const sets = await bench.call('dataSets.list', {});
  expect(sets.find(({ id }) => id === asked.dataSetId)).toMatchObject({
    name: 'Own pictures',
    samples: 1,
    problems: [],
  });
  expect(bench.of('dataSets.changed')).toHaveLength(1);
  const spec = builtInSpec({ dataSetId: asked.dataSetId, sampleId: asked.sampleId, maxTokens: 4 });
  const { runId } = await bench.call('runs.start', { spec, step: false });
  expect((await bench.ended(runId)).reason).toBeNull();
  const { turns } = await bench.call('runs.open', { runId });
  expect(turns[0]).toMatchObject({ user: question, image: { width: 300, height: 120 } });
});

test('the same picture is kept once, whatever is asked, also at the same time', async () => {
  const uploads = await Promise.all([send(png), send(png)]);
  const asked = await Promise.all(
    uploads.map((upload, i) =>
      bench.call('pictures.ask', { upload, name: 'red.png', question: `question ${i}` }),
    ),
  );
  const [first] = asked;
  const samples = await bench.call('dataSets.samples', { dataSetId: first?.dataSetId ?? '' });
  expect(samples.map(({ sample }) => sample.id)).toEqual(['own_001', 'own_002', 'own_003']);
  const folder = join(bench.home, 'Own pictures');
  const images = readdirSync(join(folder, 'images'));
  expect(images).toHaveLength(1);
  expect(readFileSync(join(folder, 'images', images[0] ?? ''))).toEqual(png);
});

test('files that are no usable picture are refused with the reason and the remedy', async () => {
  const refused: readonly [string, Uint8Array, RegExp][] = [
    [
      'notes.txt',
      Buffer.from('hello'),
      /notes\.txt: the content is no known picture format; convert it to PNG/,
    ],
    ['loop.gif', Buffer.from('GIF89a....'), /loop\.gif: GIF is not supported; convert it to PNG/],
    ['half.png', png.subarray(0, png.length / 2), /half\.png: the file is damaged/],
  ];
  for (const [name, bytes, reason] of refused) {
    const upload = await send(bytes);
    await expect(bench.call('pictures.check', { upload, name })).rejects.toThrow(reason);
    // What was refused is not kept.
    const again = bench.call('pictures.ask', { upload, name, question: 'x' });
    await expect(again).rejects.toThrow(/not here any more: choose it again/);
  }
  const empty = bench.call('pictures.ask', { upload: await send(png), name: 'red.png', question: '  ' });
  await expect(empty).rejects.toThrow(/input of pictures\.ask is not valid/);
});
