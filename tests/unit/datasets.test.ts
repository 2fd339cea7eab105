import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, realpath, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import sharp from 'sharp';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { resolveImagePath } from '../../src-main/datasets/image-path.ts';
import { type Line, longestLine, readLines } from '../../src-main/datasets/lines.ts';
import { dataSetId, loadDataSet } from '../../src-main/datasets/load.ts';
import { decodeImage } from '../../src-main/images/pixels.ts';
import { builtInFolder, builtInSamples } from '../fixtures/samples.ts';

let root: string;
let folder: string;
let png: Buffer;
beforeAll(async () => {
  root = await realpath(await mkdtemp(path.join(tmpdir(), 'specula-datasets-')));
  png = await sharp({ create: { width: 8, height: 8, channels: 3, background: '#336699' } })
    .png()
    .toBuffer();
});
afterAll(() => rm(root, { recursive: true, force: true }));
beforeEach(async () => {
  folder = await mkdtemp(path.join(root, 'set-'));
  await mkdir(path.join(folder, 'images'));
  await writeFile(path.join(folder, 'images', 'a.png'), png);
});

const sample = (id: string, changes: Record<string, unknown> = {}) => ({
  id,
  image: 'a.png',
  turns: ['What is it?'],
  category: 'default',
  topic: 'general vqa',
  ...changes,
});
const write = (lines: readonly unknown[], name = 'mmspec.jsonl', end = '\n') =>
  writeFile(
    path.join(folder, name),
    lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line)) + end).join(''),
  );
const ids = (loaded: { samples: readonly { id: string }[] }) => loaded.samples.map(({ id }) => id);

describe('the built-in set', () => {
  it('has 40 samples of each topic, 2 to 4 turns in its talks and one elsewhere', async () => {
    const { samples, problems } = await builtInSamples();
    expect(problems).toEqual([]);
    const topics = ['general vqa', 'text vqa', 'image captioning', 'chart understanding'];
    topics.push('complex reasoning pro', 'multi-turn conversation');
    expect(samples.map(({ topic }) => topic)).toEqual(topics.flatMap((topic) => Array(40).fill(topic)));
    for (const { topic, turns } of samples) {
      const allowed = topic === 'multi-turn conversation' ? [2, 3, 4] : [1];
      expect(allowed).toContain(turns.length);
    }
  });

  it('has an answer for every turn, in which the words that need the picture occur in order', async () => {
    const { samples, answers } = await builtInSamples();
    for (const { id, turns } of samples) {
      expect(answers.get(id)?.length).toBe(turns.length);
      let marked = 0;
      for (const { text, imageWords } of answers.get(id) ?? []) {
        let from = 0;
        for (const word of imageWords) {
          const at = text.indexOf(word, from);
          expect(at, `"${word}" in "${text.slice(from)}"`).toBeGreaterThanOrEqual(0);
          from = at + word.length;
          marked++;
        }
      }
      expect(marked, id).toBeGreaterThan(0);
    }
  });

  it('has pictures of 384 pixels and more in several shapes, in 15 MB at most', async () => {
    const { samples } = await builtInSamples();
    let bytes = 0;
    const ratios = new Set<number>();
    for (const { image } of samples) {
      const found = await resolveImagePath(builtInFolder, image);
      if (!found.ok) throw new Error(found.reason);
      const { width, height } = await decodeImage(found.path);
      expect(Math.max(width, height)).toBeGreaterThanOrEqual(384);
      ratios.add(width / height);
      bytes += (await stat(found.path)).size;
    }
    expect([...ratios].some((ratio) => ratio > 1) && [...ratios].some((ratio) => ratio < 1)).toBe(true);
    for (const name of await readdir(builtInFolder, { withFileTypes: true })) {
      if (name.isFile()) bytes += (await stat(path.join(builtInFolder, name.name))).size;
    }
    expect(bytes).toBeLessThanOrEqual(15e6);
  });
});

describe('loadDataSet', () => {
  it('keeps the good lines and lists the bad ones with their number', async () => {
    await write([
      sample('one'),
      '{ broken',
      sample('two', { turns: [] }),
      '[1, 2]',
      sample('three', { topic: 7, category: null }),
      '"text"',
      sample('four', { extra: true }),
    ]);
    const loaded = await loadDataSet(folder);
    expect(ids(loaded)).toEqual(['one', 'four']);
    expect(loaded.samples[1]).toEqual(sample('four'));
    expect(loaded.problems.map(({ line, id }) => [line, id])).toEqual([
      [2, null],
      [3, 'two'],
      [4, null],
      [5, 'three'],
      [6, null],
    ]);
    const reasons = loaded.problems.map(({ reason }) => reason);
    expect(reasons[0]).toMatch(/^no JSON object \(/);
    expect(reasons[1]).toMatch(/^turns: /);
    expect(reasons[3]).toMatch(/category: .*; topic: /);
  });

  it('takes a byte order mark, CR LF, empty lines, Unicode and a missing last line end', async () => {
    const text = 'Größe?\u2028第二行 🦉';
    const lines = ['', sample('eins', { turns: [text] }), '   ', sample('zwei')];
    const content = `\uFEFF${lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\r\n')}`;
    await writeFile(path.join(folder, 'mmspec.jsonl'), content);
    const loaded = await loadDataSet(folder);
    expect(loaded.problems).toEqual([]);
    expect(ids(loaded)).toEqual(['eins', 'zwei']);
    expect(loaded.samples[0]?.turns).toEqual([text]);
    expect(loaded.hash).toBe(createHash('sha256').update(content).digest('hex'));
  });

  it('reports a line that is not UTF-8 and goes on', async () => {
    const [before, after] = [`${JSON.stringify(sample('one'))}\n`, `${JSON.stringify(sample('two'))}\n`];
    const latin1 = Buffer.from('{"id": "Gr\u00f6\u00dfe"}\n', 'latin1');
    await writeFile(
      path.join(folder, 'mmspec.jsonl'),
      Buffer.concat([Buffer.from(before), latin1, Buffer.from(after)]),
    );
    const loaded = await loadDataSet(folder);
    expect(ids(loaded)).toEqual(['one', 'two']);
    expect(loaded.problems).toEqual([
      { line: 2, id: null, reason: 'not valid UTF-8; save the file as UTF-8' },
    ]);
  });

  it('keeps the first of two samples with one id', async () => {
    await write([sample('one', { topic: 'first' }), sample('one', { topic: 'second' })]);
    const loaded = await loadDataSet(folder);
    expect(loaded.samples.map(({ topic }) => topic)).toEqual(['first']);
    expect(loaded.problems).toEqual([
      { line: 2, id: 'one', reason: 'this id was used by an earlier line; ids must be unique' },
    ]);
  });

  it('takes pictures in subfolders and refuses those that are missing or outside', async () => {
    await mkdir(path.join(folder, 'images', 'general_vqa'));
    await writeFile(path.join(folder, 'images', 'general_vqa', 'b.png'), png);
    await writeFile(path.join(folder, 'secret.png'), png);
    await symlink(path.join(folder, 'secret.png'), path.join(folder, 'images', 'link.png'));
    await symlink(root, path.join(folder, 'images', 'up'));
    await symlink(path.join(folder, 'images', 'a.png'), path.join(folder, 'images', 'inside.png'));
    const refused = {
      '../secret.png': /leaves the images folder/,
      'general_vqa/../../secret.png': /leaves the images folder/,
      '..\\secret.png': /leaves the images folder/,
      [path.join(folder, 'secret.png')]: /leaves the images folder/,
      'C:\\secret.png': /leaves the images folder/,
      'a.png\0.txt': /leaves the images folder/,
      'link.png': /link that leaves the images folder; copy/,
      [`up/${path.basename(folder)}/secret.png`]: /link that leaves/,
      'none.png': /does not exist in the images folder/,
      general_vqa: /is no file/,
    };
    const good = ['general_vqa/b.png', 'inside.png'];
    await write([...Object.keys(refused), ...good].map((image, at) => sample(`s${at}`, { image })));
    const loaded = await loadDataSet(folder);
    expect(loaded.samples.map(({ image }) => image)).toEqual(good);
    expect(loaded.problems.length).toBe(Object.keys(refused).length);
    for (const [at, words] of Object.values(refused).entries()) {
      expect(loaded.problems[at]?.reason).toMatch(words);
      expect(loaded.problems[at]).toMatchObject({ line: at + 1, id: `s${at}` });
    }
  });

  it('reports every sample of a set without an images folder', async () => {
    await rm(path.join(folder, 'images'), { recursive: true });
    await write([sample('one')]);
    const loaded = await loadDataSet(folder);
    expect(loaded.samples).toEqual([]);
    expect(loaded.problems[0]?.reason).toMatch(/has no images folder/);
  });

  it('says what is missing in a folder that is no data set', async () => {
    await expect(loadDataSet(folder)).rejects.toThrow(/there is no mmspec\.jsonl; choose a folder/);
    await expect(loadDataSet(path.join(folder, 'nowhere'))).rejects.toThrow(
      /nowhere: there is no mmspec\.jsonl/,
    );
  });

  it('loads a data set whose folder is itself behind a link', async () => {
    await write([sample('one')]);
    await symlink(folder, path.join(root, 'alias'));
    expect(ids(await loadDataSet(path.join(root, 'alias')))).toEqual(['one']);
  });

  it('checks the reference answers against the samples', async () => {
    await write([sample('one'), sample('two', { turns: ['a', 'b'] })]);
    const answer = { text: 'It is blue.', imageWords: ['blue'] };
    await write(
      [
        { id: 'one', answers: [answer] },
        { id: 'two', answers: [answer] },
        { id: 'three', answers: [answer] },
        { id: 'one', answers: [answer] },
        { id: 'two' },
      ],
      'answers.jsonl',
    );
    const loaded = await loadDataSet(folder);
    expect([...loaded.answers]).toEqual([['one', [answer]]]);
    expect(loaded.problems.map(({ line, reason }) => [line, reason.replace(/: Invalid.*/, '')])).toEqual([
      [2, 'answers.jsonl: 1 answers for 2 turns'],
      [3, 'answers.jsonl: no usable sample has this id'],
      [4, 'answers.jsonl: this id was used by an earlier line'],
      [5, 'answers.jsonl: answers'],
    ]);
  });

  it('reads what answers are judged by, and refuses names that classes.json does not have', async () => {
    await write(['one', 'two', 'three', 'four', 'five'].map((id) => sample(id)));
    const colors = { parts: [['red', 'blue']], cased: false, digits: false };
    const classes = {
      version: 1,
      skills: ['color'],
      wholeObjects: [],
      digits: {},
      classes: { color: colors },
    };
    const answer = (changes: Record<string, unknown> = {}, expected: Record<string, unknown> = {}) => ({
      text: 'It is blue.',
      imageWords: ['blue'],
      spans: [{ start: 6, end: 10 }],
      kind: 'color',
      skill: 'color',
      expect: { rule: 'first', values: ['blue'], domain: 'color', ...expected },
      ...changes,
    });
    await write(
      [
        { id: 'one', answers: [answer()] },
        { id: 'two', answers: [answer({}, { rule: 'best' })] },
        { id: 'three', answers: [answer({}, { domain: 'smell' })] },
        { id: 'four', answers: [answer({ skill: 'smell' })] },
        { id: 'five', answers: [answer({ spans: [{ start: 3, end: 3 }] })] },
      ],
      'answers.jsonl',
    );
    await writeFile(path.join(folder, 'classes.json'), JSON.stringify(classes));
    const loaded = await loadDataSet(folder);
    expect(loaded.classes).toEqual(classes);
    expect([...loaded.answers]).toEqual([['one', [answer()]]]);
    expect(loaded.problems.map(({ id }) => id)).toEqual(['two', 'three', 'four', 'five']);
    expect(loaded.problems[1]?.reason).toBe(
      'answers.jsonl: no word class is called "smell"; add it to classes.json',
    );
    expect(loaded.problems[2]?.reason).toContain('no skill is called "smell"');
  });

  it('keeps the samples when classes.json cannot be used', async () => {
    await write([sample('one')]);
    await writeFile(path.join(folder, 'classes.json'), '{"version": 2}');
    const loaded = await loadDataSet(folder);
    expect(ids(loaded)).toEqual(['one']);
    expect(loaded.classes).toBeNull();
    expect(loaded.problems[0]?.reason).toMatch(/^classes\.json: version/);
  });

  it('counts problems beyond the first thousand', async () => {
    await write([...Array.from({ length: 1500 }, () => 'x'), sample('last')]);
    const loaded = await loadDataSet(folder);
    expect(ids(loaded)).toEqual(['last']);
    expect(loaded.problems.length).toBe(1001);
    expect(loaded.problems.at(-1)).toEqual({ line: 0, id: null, reason: '500 more lines with problems' });
  });

  it('gives a copy another id and the same hash', async () => {
    await write([sample('one')]);
    const copy = path.join(root, 'copy');
    await cp(folder, copy, { recursive: true });
    expect(dataSetId(copy)).not.toBe(dataSetId(folder));
    expect((await loadDataSet(copy)).hash).toBe((await loadDataSet(folder)).hash);
  });
});

describe('readLines', () => {
  it('streams 100 MB without holding it', async () => {
    const file = path.join(root, 'large.jsonl');
    const text = 'ö'.repeat(25_000); // 50 kB, so that lines and characters cross the chunks
    const block = `${text}\n`;
    await pipeline(
      Readable.from(
        (function* () {
          for (let line = 0; line < 2000; line++) yield block;
        })(),
      ),
      createWriteStream(file),
    );
    let most = 0;
    let lines = 0;
    const before = process.memoryUsage().rss;
    for await (const line of readLines(file)) {
      if (line.text !== text || line.number !== lines + 1) throw new Error(`line ${line.number} differs`);
      lines++;
      most = Math.max(most, process.memoryUsage().rss - before);
    }
    expect(lines).toBe(2000);
    expect(most).toBeLessThan(70 * 2 ** 20);
  });

  it('drops a line that is too long and reads the next', async () => {
    const file = path.join(root, 'long.jsonl');
    await writeFile(file, `short\n${'x'.repeat(longestLine + 1)}\nafter`);
    const lines: Line[] = [];
    for await (const line of readLines(file)) lines.push(line);
    expect(lines.map(({ text }) => text)).toEqual(['short', null, 'after']);
    expect(lines[1]?.problem).toMatch(/longer than 4 MB/);
  });
});
