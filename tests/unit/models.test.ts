import { createHash } from 'node:crypto';
import { cp, mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FileHashes } from '../../src-main/models/file-hash.ts';
import { draftFits, headFits, projectorFits } from '../../src-main/models/fit.ts';
import { describeModel, listModels, userModelId } from '../../src-main/models/list.ts';
import { loadManifest } from '../../src-main/models/manifest.ts';
import { estimateMemory } from '../../src-main/models/memory.ts';
import {
  type DecoderMetadata,
  readDecoderMetadata,
  readHeadMetadata,
  readModelMetadata,
  readProjectorMetadata,
} from '../../src-main/models/metadata.ts';
import { ModelError } from '../../src-main/models/model-error.ts';
import { draftHead } from '../fixtures/gguf/heads.ts';
import { type FixturePaths, fixtureModels } from '../fixtures/gguf/index.ts';
import { mlpProjector } from '../fixtures/gguf/projectors.ts';
import { encodeGguf, type GgufContent, type MetadataValue } from '../fixtures/gguf/writer.ts';

const SHIPPED = path.resolve(import.meta.dirname, '../../models');

let fixtures: FixturePaths;
let folder: string;
beforeAll(async () => {
  fixtures = await fixtureModels();
  folder = await mkdtemp(path.join(tmpdir(), 'specula-models-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function file(name: string, bytes: Uint8Array | string): Promise<string> {
  const full = path.join(folder, name);
  await writeFile(full, bytes);
  return full;
}

async function refusal(promise: Promise<unknown>): Promise<ModelError> {
  const error: unknown = await promise.catch((thrown: unknown) => thrown);
  if (error instanceof ModelError) return error;
  throw new Error(`expected a ModelError, got ${String(error)}`);
}

describe('readModelMetadata', () => {
  it('reads a decoder', async () => {
    const metadata = await readDecoderMetadata(fixtures.target);
    expect(metadata).toMatchObject({
      role: 'decoder',
      arch: 'llama',
      quantisation: 'F32',
      layers: 4,
      embedding: 128,
      heads: 4,
      kvWidths: [128, 128, 128, 128], // 2 heads of 32 for K and for V
      trainedContext: 4096,
      recurrent: false,
    });
    const { tokens, ...rest } = metadata.vocabulary;
    expect(rest).toEqual({ model: 'llama', bos: 1, eos: 2, addBos: true, addEos: false });
    expect([tokens.length, tokens[0], tokens[3 + 65]]).toEqual([615, '<unk>', '<0x41>']);
    expect(metadata.chatTemplate).toContain('ASSISTANT:');
  });

  it('reads projectors by their own kind', async () => {
    const mlp = await readProjectorMetadata(fixtures.projector);
    expect(mlp.geometry).toEqual({ type: 'mlp', imageSize: 96, patchSize: 8, merge: 1, pinpoints: [] });
    expect(mlp).toMatchObject({ arch: 'clip', layers: 3, embedding: 64, outputWidth: 128 });
    const tiles = await readProjectorMetadata(fixtures.tilesProjector);
    expect(tiles.geometry.pinpoints[1]).toEqual({ width: 192, height: 96 });
    const qwen = await readProjectorMetadata(fixtures.qwen2vlProjector);
    expect(qwen.geometry).toMatchObject({ type: 'qwen2vl_merger', patchSize: 14, merge: 2 });
    expect(qwen.outputWidth).toBe(128);
  });

  it('reads a recurrent model as such', async () => {
    expect(await readModelMetadata(fixtures.mamba)).toMatchObject({ arch: 'mamba', recurrent: true });
  });

  it('refuses a file of the other role', async () => {
    expect((await refusal(readDecoderMetadata(fixtures.projector))).message).toMatch(
      /projector; choose a language model/,
    );
    expect((await refusal(readProjectorMetadata(fixtures.target))).message).toMatch(
      /choose an image projector/,
    );
  });

  it.each([
    ['truncated', 'damaged', /cut off or damaged \(tensor data/],
    ['truncatedHeader', 'damaged', /cut off or damaged/],
    ['badMagic', 'not-gguf', /starts with "FUGG"; choose a \.gguf file/],
    ['empty', 'not-gguf', /empty; download it again/],
    ['absurdLength', 'damaged', /cut off or damaged/],
  ] as const)('refuses the %s fixture', async (name, code, words) => {
    const error = await refusal(readModelMetadata(fixtures[name]));
    expect(error.code).toBe(code);
    expect(error.message).toMatch(words);
    expect(error.message).toContain(fixtures[name]);
  });

  it('refuses a missing file and a folder', async () => {
    expect(await refusal(readModelMetadata(path.join(folder, 'none.gguf')))).toMatchObject({
      code: 'missing',
    });
    expect((await refusal(readModelMetadata(folder))).message).toMatch(/no file|cannot be opened/);
  });

  it('refuses every cut of a file inside header and tensor data, quickly', async () => {
    const good = await readFile(fixtures.projector);
    const cuts = Array.from({ length: 40 }, (_, part) => Math.floor((good.length * part) / 40));
    for (const cut of [...cuts, 5, 10, 30, 100, 500, 1000, 2000]) {
      const error = await refusal(readModelMetadata(await file('cut.gguf', good.subarray(0, cut))));
      expect(error.code).toMatch(/damaged|not-gguf/);
    }
  });

  it('refuses counts and lengths that cannot be true, without trying to read them', async () => {
    const good = await readFile(fixtures.projector);
    const changed = async (at: number, value: bigint) => {
      const copy = Buffer.from(good);
      copy.writeBigUInt64LE(value, at);
      return (await refusal(readModelMetadata(await file('changed.gguf', copy)))).message;
    };
    const started = performance.now();
    expect(await changed(8, 2n ** 40n)).toMatch(/entries announced/); // tensors
    expect(await changed(16, 2n ** 63n)).toMatch(/entries announced/); // metadata pairs
    expect(await changed(24, 2n ** 31n)).toMatch(/behind the end/); // first key
    // length of the image_mean array: behind its key, value type and element type
    const array = good.indexOf('clip.vision.image_mean') + 'clip.vision.image_mean'.length + 8;
    expect(await changed(array, 2n ** 40n)).toMatch(/entries announced/);
    expect(performance.now() - started).toBeLessThan(2000);
  });

  it('survives random damage with a ModelError or a good result', async () => {
    const good = await readFile(fixtures.projector);
    for (let round = 0; round < 150; round++) {
      const copy = Buffer.from(good);
      for (let hit = 0; hit < 3; hit++)
        copy[4 + ((round * 7919 + hit * 104_729) % 1500)] = (round * 31 + hit * 17) % 256;
      const path = await file('random.gguf', copy);
      const result: unknown = await readModelMetadata(path).catch((error: unknown) => error);
      if (result instanceof Error) expect(result).toBeInstanceOf(ModelError);
    }
  });

  const withMetadata = (
    content: GgufContent,
    changes: readonly (readonly [string, MetadataValue | null])[],
  ) => {
    const metadata = new Map(content.metadata);
    for (const [key, value] of changes) value === null ? metadata.delete(key) : metadata.set(key, value);
    return encodeGguf({ ...content, metadata });
  };

  it('names a missing or impossible key', async () => {
    const base = mlpProjector(128, 2);
    const noPatch = await file('no-patch.gguf', withMetadata(base, [['clip.vision.patch_size', null]]));
    expect((await refusal(readModelMetadata(noPatch))).message).toMatch(
      /metadata clip\.vision\.patch_size: .*convert/,
    );
    const noArch = await file('no-arch.gguf', withMetadata(base, [['general.architecture', null]]));
    expect((await refusal(readModelMetadata(noArch))).message).toMatch(/general|architecture/);
    const zero = await file('zero.gguf', withMetadata(base, [['clip.vision.patch_size', { u32: 0 }]]));
    expect(await refusal(readModelMetadata(zero))).toMatchObject({ code: 'unsupported' });
  });

  it('refuses tile sizes on which llama.cpp would abort', async () => {
    const odd = await file('odd.gguf', encodeGguf(mlpProjector(128, 2, [96, 200])));
    expect((await refusal(readModelMetadata(odd))).message).toMatch(/pairs of multiples of image_size 96/);
    const single = await file('single.gguf', encodeGguf(mlpProjector(128, 2, [96, 192, 96])));
    expect((await refusal(readModelMetadata(single))).message).toMatch(/image_grid_pinpoints/);
  });
});

describe('draftFits', () => {
  let target: DecoderMetadata;
  beforeAll(async () => {
    target = await readDecoderMetadata(fixtures.target);
  });
  const withVocabulary = (changes: Partial<DecoderMetadata['vocabulary']>): DecoderMetadata => ({
    ...target,
    vocabulary: { ...target.vocabulary, ...changes },
  });
  const reason = (draft: DecoderMetadata): string => {
    const fit = draftFits(target, draft);
    return fit.ok ? 'fits' : fit.reason;
  };

  it('accepts an equal vocabulary whatever the size of the model', async () => {
    expect(reason(await readDecoderMetadata(fixtures.draft))).toBe('fits');
    expect(reason(await readDecoderMetadata(fixtures.qwen2vl))).toBe('fits');
  });

  it('names the first token that differs', async () => {
    const other = await readDecoderMetadata(fixtures.otherVocabularyDraft);
    expect(reason(other)).toMatch(/^token \d+ is "▁cow" in the draft and "▁cat" in the target$/);
  });

  it('names other sizes, tokenizers and special tokens', async () => {
    expect(reason(await readDecoderMetadata(fixtures.smallTarget))).toBe(
      'the draft has 32 tokens, the target 615',
    );
    expect(reason(withVocabulary({ model: 'gpt2' }))).toBe(
      `the draft's tokenizer is of type "gpt2", the target's of type "llama"`,
    );
    expect(reason(withVocabulary({ eos: 5 }))).toBe(`the draft's end-of-text token is 5, the target's 2`);
    expect(reason(withVocabulary({ addBos: null }))).toBe(
      `the draft's "add beginning-of-text" setting is not set, the target's true`,
    );
  });

  it('accepts a draft without the padding at the end, not one with more tokens', () => {
    const { tokens } = target.vocabulary;
    expect(reason(withVocabulary({ tokens: tokens.slice(0, -100) }))).toBe('fits');
    expect(reason(withVocabulary({ tokens: tokens.slice(0, -129) }))).toBe(
      'the draft has 486 tokens, the target 615',
    );
    expect(reason(withVocabulary({ tokens: [...tokens, 'x'] }))).toBe(
      'the draft has 616 tokens, the target 615',
    );
  });

  it('refuses a recurrent draft', async () => {
    expect(reason(await readDecoderMetadata(fixtures.mamba))).toMatch(/mamba is recurrent/);
  });
});

it('projectorFits compares the width of the image tokens', async () => {
  const target = await readDecoderMetadata(fixtures.target);
  expect(projectorFits(target, await readProjectorMetadata(fixtures.projector))).toEqual({ ok: true });
  expect(projectorFits(target, await readProjectorMetadata(fixtures.wrongProjector))).toEqual({
    ok: false,
    reason: 'the projector gives image tokens of width 192, the model takes 128',
  });
});

it('estimateMemory adds weights, cache, attention and projector', async () => {
  const target = await readDecoderMetadata(fixtures.target);
  const projector = await readProjectorMetadata(fixtures.projector);
  const options = { contextSize: 1024, microBatch: 128, kvType: 'f16', capture: true } as const;
  const estimate = estimateMemory(target, projector, options);
  const parameters = 2 * 615 * 128 + 128 + 4 * (2 * 128 + 2 * 128 * 128 + 2 * 64 * 128 + 3 * 256 * 128);
  expect(estimate.weights).toBe(parameters * 4);
  expect(estimate.kv).toBe(1024 * 4 * 128 * 2);
  expect(estimate.attention).toBe(4 * 128 * 1024 * 4);
  expect(estimate.projector).toBe(projector.fileBytes);
  expect(estimate.total).toBe(estimate.weights + estimate.kv + estimate.attention + estimate.projector);
  const plain = estimateMemory(target, null, { ...options, kvType: 'f32', capture: false });
  expect(plain).toMatchObject({ kv: 2 * estimate.kv, attention: 0, projector: 0 });
});

describe('draft heads', () => {
  const head = (name: string, shape: Parameters<typeof draftHead>[0]): Promise<string> =>
    file(name, encodeGguf(draftHead(shape, 3)));

  it('are read and described as such', async () => {
    const metadata = await readHeadMetadata(fixtures.eagle3Head);
    expect(metadata).toMatchObject({
      role: 'head',
      kind: 'eagle3',
      embedding: 128,
      vocab: 615,
      featureLayers: [0, 1, 3],
    });
    const described = await describeModel(fixtures.eagle3Head, 'h', new FileHashes(null));
    expect(described).toMatchObject({
      role: 'head',
      head: 'eagle3',
      layers: null,
      vocab: 615,
      problem: null,
    });
    const refused = await refusal(readDecoderMetadata(fixtures.msdHead));
    expect(refused.message).toMatch(/this is a draft head; choose a language model here/);
    expect((await refusal(readHeadMetadata(fixtures.target))).message).toMatch(/choose a draft head here/);
  });

  it('of an unknown kind or layout are listed with that problem', async () => {
    const content = draftHead({ kind: 'msd' }, 3);
    const metadata = new Map(content.metadata).set('specula-head.layout', { u32: 2 });
    const newer = await file('newer.gguf', encodeGguf({ ...content, metadata }));
    const described = await describeModel(newer, 'n', new FileHashes(null));
    expect(described.problem).toMatch(/specula-head\.layout: this version reads layout 1/);
  });

  it('fit targets of the same width, vocabulary and enough layers', async () => {
    const target = await readDecoderMetadata(fixtures.target);
    const fits = async (name: string, shape: Parameters<typeof draftHead>[0]) =>
      headFits(target, await readHeadMetadata(await head(name, shape)));
    expect(await fits('a.gguf', { kind: 'vispec' })).toEqual({ ok: true });
    expect(await fits('b.gguf', { kind: 'eagle', vocab: 600 })).toEqual({ ok: true });
    expect(await fits('c.gguf', { kind: 'eagle', width: 64 })).toMatchObject({
      reason: expect.stringMatching(/width 64.*have 128/),
    });
    expect(await fits('d.gguf', { kind: 'eagle', vocab: 900 })).toMatchObject({
      reason: expect.stringMatching(/900 tokens.*has 615/),
    });
    const deep = await fits('e.gguf', { kind: 'eagle3', featureLayers: [0, 2, 4] });
    expect(deep).toMatchObject({ reason: expect.stringMatching(/layer 4, the target has layers 0 to 3/) });
  });
});

describe('FileHashes', () => {
  const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

  it('hashes again only when size or modification time changed', async () => {
    const hashes = new FileHashes(null);
    const target = await file('hashed', 'one');
    expect(await hashes.known(target)).toBeNull();
    expect(await hashes.of(target)).toBe(sha256('one'));
    expect(await hashes.known(target)).toBe(sha256('one'));
    const time = new Date(1_700_000_000_000);
    await utimes(target, time, time);
    await hashes.of(target);
    await writeFile(target, 'two');
    await utimes(target, time, time);
    expect(await hashes.of(target)).toBe(sha256('one')); // same size and time: taken from the cache
    await writeFile(target, 'three');
    expect(await hashes.of(target)).toBe(sha256('three'));
  });

  it('keeps hashes in its store and ignores a broken store', async () => {
    const store = path.join(folder, 'sub', 'hashes.json');
    const target = await file('stored', 'content');
    await new FileHashes(store).of(target);
    expect(await new FileHashes(store).known(target)).toBe(sha256('content'));
    await writeFile(store, '{ broken');
    expect(await new FileHashes(store).of(target)).toBe(sha256('content'));
  });

  it('stores the hashes of files that are hashed at the same time', async () => {
    const store = path.join(folder, 'together', 'hashes.json');
    const names = Array.from({ length: 8 }, (_, i) => `together-${i}`);
    const targets = await Promise.all(names.map((name) => file(name, name)));
    const hashes = new FileHashes(store);
    await Promise.all(targets.map((target) => hashes.of(target)));
    const again = new FileHashes(store);
    expect(await Promise.all(targets.map((target) => again.known(target)))).toEqual(names.map(sha256));
  });

  it('hashes also where the store cannot be written', async () => {
    const blocked = await file('no-folder', 'a file');
    const target = await file('unstored', 'content');
    const hashes = new FileHashes(path.join(blocked, 'hashes.json'));
    expect(await hashes.of(target)).toBe(sha256('content'));
    expect(await hashes.known(target)).toBe(sha256('content'));
  });
});

describe('listModels', () => {
  it('lists the shipped models with verified hashes and a set whose files fit each other', async () => {
    const { files, sets } = await listModels({
      folder: SHIPPED,
      userPaths: [],
      hashes: new FileHashes(null),
    });
    expect(files.map(({ problem }) => problem)).toEqual(files.map(() => null));
    expect(sets.length).toBeGreaterThan(0);
    const at = (id: string | null): string => files.find((one) => one.id === id)?.path ?? `no file ${id}`;
    for (const set of sets) {
      const target = await readDecoderMetadata(at(set.target));
      expect(projectorFits(target, await readProjectorMetadata(at(set.projector)))).toEqual({ ok: true });
      const draft = await readDecoderMetadata(at(set.draft));
      expect(draftFits(target, draft)).toEqual({ ok: true });
      if (set.draftProjector !== null) {
        expect(projectorFits(draft, await readProjectorMetadata(at(set.draftProjector)))).toEqual({
          ok: true,
        });
      }
    }
  });

  it('adds the user’s files once each, with their problems', async () => {
    const userPaths = [
      fixtures.target,
      fixtures.projector,
      fixtures.badMagic,
      fixtures.mamba,
      fixtures.target,
    ];
    const { files } = await listModels({ folder: SHIPPED, userPaths, hashes: new FileHashes(null) });
    const user = files.filter(({ builtIn }) => !builtIn);
    expect(user.map(({ role, problem }) => [role, problem?.replace(/.*: /, '') ?? null])).toEqual([
      ['decoder', null],
      ['projector', null],
      ['decoder', 'no GGUF file, it starts with "FUGG"; choose a .gguf file'],
      ['decoder', 'the architecture mamba is recurrent and cannot hold a draft tree; choose a transformer'],
    ]);
    expect(user[0]).toMatchObject({
      id: userModelId(fixtures.target),
      vocab: 615,
      sha256: null,
      path: fixtures.target,
    });
  });

  it('shows a user model’s hash once it has been computed', async () => {
    const hashes = new FileHashes(null);
    const sha256 = await hashes.of(fixtures.draft);
    expect(await describeModel(fixtures.draft, 'x', hashes)).toMatchObject({
      id: 'x',
      sha256,
      problem: null,
    });
  });

  it('reports a shipped file that was changed, damaged or is missing', async () => {
    const copy = path.join(folder, 'shipped');
    await cp(SHIPPED, copy, { recursive: true });
    const { files } = await loadManifest(copy);
    const [first, second, third] = files.map(({ file: name }) => path.join(copy, name));
    if (first === undefined || second === undefined || third === undefined)
      throw new Error('three files and more were expected');
    const changed = await readFile(first);
    changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1;
    await writeFile(first, changed);
    await writeFile(second, (await readFile(second)).subarray(0, 1000));
    await rm(third);
    const listed = await listModels({ folder: copy, userPaths: [], hashes: new FileHashes(null) });
    expect(listed.files.map(({ problem }) => problem)).toEqual([
      expect.stringMatching(/content is not that of the manifest; restore it/),
      expect.stringMatching(/cut off or damaged/),
      expect.stringMatching(/cannot be opened/),
      ...files.slice(3).map(() => null),
    ]);
    // the role of a file that cannot be read is the manifest's
    expect(listed.files.map(({ role }) => role)).toEqual(
      files.map(({ role }) => (role === 'projector' || role === 'head' ? role : 'decoder')),
    );
  });

  it('refuses a broken manifest and says where', async () => {
    const broken = await mkdtemp(path.join(folder, 'manifest-'));
    const write = (content: unknown) =>
      writeFile(path.join(broken, 'manifest.json'), JSON.stringify(content));
    await expect(loadManifest(broken)).rejects.toThrow(/manifest\.json: .*ENOENT.*restore it/);
    await write({
      files: [],
      sets: [{ id: 's', name: 'S', target: 'no', projector: null, draft: null, note: '' }],
    });
    await expect(loadManifest(broken)).rejects.toThrow(/set s names the file no, which is not listed/);
    const [entry] = (await loadManifest(SHIPPED)).files;
    await write({ files: [{ ...entry, file: '../outside.gguf' }], sets: [] });
    await expect(loadManifest(broken)).rejects.toThrow(/files\[0\]\.file/);
    await write({ files: [entry, entry], sets: [] });
    await expect(loadManifest(broken)).rejects.toThrow(/two files have the id/);
    const head = { ...entry, id: 'a-head', role: 'head', head: 'eagle3', target: entry?.id };
    await write({ files: [entry, head], sets: [] });
    expect((await loadManifest(broken)).files[1]).toEqual(head);
    await write({ files: [entry, { ...head, target: 'no' }], sets: [] });
    await expect(loadManifest(broken)).rejects.toThrow(/head a-head names the file no, which is not listed/);
    await write({ files: [entry, { ...head, head: 'eagle4' }], sets: [] });
    await expect(loadManifest(broken)).rejects.toThrow(/files\[1\]\.head/);
  });
});
