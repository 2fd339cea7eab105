import { describe, expect, it } from 'vitest';
import { loadNative } from '../../../src-main/engine/native/load.ts';
import { fixtureModels } from '../../fixtures/gguf/index.ts';
import { crashFile, logLines, native, open, openModel, wants } from './support.ts';

describe('the native addon', () => {
  it('loads beside node-llama-cpp and names version and devices', async () => {
    const { system, variant, gpu, release, physicalCores } = await native();
    expect(system.builtFor).toBe(release);
    expect(system.llamaVersion.startsWith(release.slice(1))).toBe(true);
    expect(variant).toContain(process.arch);
    expect(gpu).toBe(false);
    expect(system.maxSequences).toBe(256);
    expect(system.devices.filter((device) => device.type === 'cpu')).toHaveLength(1);
    expect(physicalCores).toBeGreaterThan(0);
  });

  it('describes a model and reports progress and log lines', async () => {
    const { addon } = await native();
    const { target } = await fixtureModels();
    const progress: number[] = [];
    const model = await addon.loadModel({
      path: target,
      gpuLayers: -1,
      device: '',
      onProgress: (fraction) => progress.push(fraction),
    });
    expect(model.info).toMatchObject({
      arch: 'llama',
      layers: 4,
      embedding: 128,
      heads: 4,
      vocab: 615,
      trainedContext: 4096,
      ropeType: 'norm',
      bos: 1,
      eos: 2,
      endTokens: Int32Array.of(2),
      addBos: true,
      recurrent: false,
      gpuLayers: 0,
      treesRefused: null,
    });
    expect(model.info.chatTemplate).toContain('ASSISTANT');
    expect(model.projector).toBeNull();
    expect(model.context).toBeNull();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(progress.at(-1)).toBe(1);
    expect(progress).toEqual([...progress].sort((a, b) => a - b));
    expect(logLines.some((line) => line.level === 2 && line.text.includes('llama'))).toBe(true);
    expect(logLines.every((line) => !line.text.includes('\n'))).toBe(true);
    await model.dispose();
  });

  it('describes projector and context of both architectures', async () => {
    const llama = await open('target', { projector: 'projector' });
    expect(llama.projector).toEqual({ vision: true, audio: false, mrope: false, nonCausal: false });
    // 2 KV heads of 32, K and V, 4 layers, F32
    expect(llama.context).toEqual({
      contextSize: 1024,
      batchSize: 256,
      microBatch: 128,
      kvBytes: 1024 * 4 * 2 * 64 * 4,
    });
    const qwen = await open('qwen2vl', { projector: 'qwen2vlProjector' });
    expect(qwen.info.ropeType).toBe('mrope');
    expect(qwen.projector?.mrope).toBe(true);
    await Promise.all([llama.dispose(), qwen.dispose()]);
  });

  it('names why a recurrent model cannot verify trees', async () => {
    const mamba = await openModel('mamba');
    expect(mamba.info.recurrent).toBe(true);
    expect(mamba.info.treesRefused).toMatch(/recurrent/);
    await mamba.dispose();
  });

  it('refuses calls on a disposed model, whose facts stay readable', async () => {
    const model = await openModel('target');
    await model.dispose();
    await model.dispose();
    expect(model.info.layers).toBe(4);
    expect(() => model.tokenize('a', { addSpecial: false, parseSpecial: false })).toThrow(
      expect.objectContaining({ code: 'DISPOSED' }),
    );
    const late = model.createContext({
      contextSize: 64,
      batchSize: 64,
      microBatch: 64,
      threads: 1,
      kvType: 'f32',
      maxLeaves: 1,
      capture: false,
    });
    await expect(late).rejects.toMatchObject({ code: 'DISPOSED' });
  });
});

describe('the tokenizer', () => {
  it('refuses a text that a vocabulary without bytes cannot spell, and stays usable', async () => {
    const model = await open('smallTarget');
    const plain = { addSpecial: false, parseSpecial: false };
    const reason = expect.objectContaining({
      code: 'BAD_REQUEST',
      message: expect.stringMatching(/no tokens/),
    });
    expect(() => model.tokenize('Z\u{1f937}', plain)).toThrow(reason);
    const prompt = { parts: [{ text: 'Z', parseSpecial: false }], addSpecial: true, wants: wants() };
    await expect(model.prefill(prompt)).rejects.toEqual(reason);
    expect(model.tokenize('the cat sat', plain).length).toBeGreaterThan(0);
    await model.dispose();
  });

  it('round-trips text through token bytes, also bytes outside the vocabulary', async () => {
    const model = await openModel('target');
    const text = 'the cat 日本 ü!';
    const tokens = model.tokenize(text, { addSpecial: false, parseSpecial: false });
    const bytes = Buffer.concat(model.pieces(tokens));
    // SentencePiece puts a space before the first word.
    expect(bytes.toString()).toBe(` ${text}`);
    expect(model.pieces(tokens).some((piece) => piece.length === 1 && (piece[0] ?? 0) >= 128)).toBe(true);
    await model.dispose();
  });

  it('adds BOS and reads special tokens only when told to', async () => {
    const model = await openModel('target');
    expect(model.tokenize('a', { addSpecial: true, parseSpecial: false })[0]).toBe(1);
    expect([...model.tokenize('</s>', { addSpecial: false, parseSpecial: true })]).toContain(2);
    expect([...model.tokenize('</s>', { addSpecial: false, parseSpecial: false })]).not.toContain(2);
    expect(model.specialTokens()).toEqual(['<unk>', '<s>', '</s>']);
    expect(Buffer.from(model.pieces(Int32Array.of(2))[0] ?? []).toString()).toBe('</s>');
    await model.dispose();
  });

  it('gives nothing for nothing', async () => {
    const model = await openModel('target');
    expect(model.tokenize('', { addSpecial: false, parseSpecial: false })).toHaveLength(0);
    expect(model.pieces(new Int32Array())).toEqual([]);
    await model.dispose();
  });
});

// Last: asking node-llama-cpp for another binary gives llama.cpp's one log back to it.
describe('a binary that is not there', () => {
  it('names the binary that is missing', async () => {
    const wrong = process.platform === 'darwin' ? 'cuda' : 'metal';
    await expect(loadNative({ gpu: wrong, crashFile, onLog: () => {} })).rejects.toThrow(
      /"(metal|cuda)" works/,
    );
  });
});
