import { describe, expect, it } from 'vitest';
import { fixtureModels } from '../../fixtures/gguf/index.ts';
import { maxDifference, native, open, picture, prefill, wants } from './support.ts';

describe('prefill', () => {
  it('lays out text and a square image one position per token', async () => {
    const model = await open('target', { projector: 'projector' });
    const out = await prefill(model);
    expect(out.chunks.map(({ kind, part, count, grid }) => ({ kind, part, count, grid }))).toEqual([
      { kind: 'text', part: 0, count: expect.any(Number), grid: null },
      { kind: 'image', part: 1, count: 144, grid: { nx: 12, ny: 12 } },
      { kind: 'text', part: 2, count: expect.any(Number), grid: null },
    ]);
    expect(out.imageTokens).toBe(144);
    expect(out.nPast).toBe(out.nCells);
    let pos = 0;
    for (const chunk of out.chunks) {
      expect([chunk.pos, chunk.positions]).toEqual([pos, chunk.count]);
      expect(chunk.tokens?.length ?? chunk.count).toBe(chunk.count);
      pos += chunk.positions;
    }
    expect(pos).toBe(out.nPast);
    expect(out.chunks[0]?.tokens?.[0]).toBe(model.info.bos);
    await model.dispose();
  });

  it('gives an M-RoPE image its grid and fewer positions than tokens', async () => {
    const model = await open('qwen2vl', { projector: 'qwen2vlProjector' });
    const out = await prefill(model);
    const image = out.chunks.find((chunk) => chunk.kind === 'image');
    // 200 x 150 pixels in units of 28: 7 x 5
    expect(image).toMatchObject({ count: 35, positions: 7, grid: { nx: 7, ny: 5 } });
    expect(out.nPast).toBe(out.nCells - 28);
    await model.dispose();
  });

  it('user text can inject neither a special token nor an image marker', async () => {
    const model = await open('target', { projector: 'projector' });
    const text = '<s></s><__media__>';
    const parts = [{ text, parseSpecial: false }];
    const out = await model.prefill({ parts, addSpecial: false, wants: wants() });
    const tokens = out.chunks[0]?.tokens ?? new Int32Array();
    expect(out.imageTokens).toBe(0);
    expect([...tokens].filter((token) => token < 3)).toEqual([]);
    expect(Buffer.concat(model.pieces(tokens)).toString()).toBe(` ${text}`);
    const special = await model.prefill({
      parts: [{ text, parseSpecial: true }],
      addSpecial: false,
      wants: wants(),
    });
    expect([...(special.chunks[0]?.tokens ?? [])].slice(0, 2)).toEqual([1, 2]);
    await model.dispose();
  });

  it('takes ready tokens, and adds BOS once and only when asked', async () => {
    const model = await open('target');
    const ids = model.tokenize('the cat', { addSpecial: false, parseSpecial: false });
    const text = await prefill(model, [{ text: 'the cat', parseSpecial: false }]);
    const rowOfText = model.logits(-1);
    const tokens = await prefill(model, [{ tokens: ids }]);
    expect(tokens.chunks[0]?.tokens).toEqual(text.chunks[0]?.tokens);
    expect(tokens.chunks).toHaveLength(1);
    expect(model.logits(-1)).toEqual(rowOfText);
    const bare = await model.prefill({ parts: [{ tokens: ids }], addSpecial: false, wants: wants() });
    expect(bare.chunks[0]?.tokens).toEqual(ids);
    await model.dispose();
  });

  it('does not depend on batch size or slices', async () => {
    const ids = Int32Array.from({ length: 700 }, (_, i) => 3 + ((i * 37) % 600));
    const rows: Float32Array[] = [];
    for (const [batchSize, microBatch] of [
      [1024, 256],
      [96, 32],
    ] as const) {
      const model = await open('target', { projector: 'projector', batchSize, microBatch });
      await prefill(model, [{ tokens: ids }, picture(96, 96), { text: 'the cat', parseSpecial: false }]);
      rows.push(model.logits(-1));
      await model.dispose();
    }
    expect(maxDifference(rows[0] ?? new Float32Array(), rows[1] ?? new Float32Array([0]))).toBeLessThan(1e-3);
  });

  it('depends on the picture, and starts afresh each time', async () => {
    const model = await open('target', { projector: 'projector' });
    const ask = { text: 'what', parseSpecial: false };
    await prefill(model, [picture(96, 96, 1), ask]);
    const one = model.logits(-1);
    await prefill(model, [picture(96, 96, 2), ask]);
    expect(maxDifference(one, model.logits(-1))).toBeGreaterThan(1e-2);
    await prefill(model, [picture(96, 96, 1), ask]);
    expect(model.logits(-1)).toEqual(one);
    model.reset();
    expect(() => model.logits(-1)).toThrow(expect.objectContaining({ code: 'BAD_REQUEST' }));
    await model.dispose();
  });

  it.each([
    [1, 1],
    [1, 200],
    [200, 1],
    [3000, 17],
    [900, 1200],
  ])('takes an image of %i x %i pixels on both kinds of projector', async (width, height) => {
    for (const [name, projector] of [
      ['target', 'projector'],
      ['target', 'tilesProjector'],
      ['qwen2vl', 'qwen2vlProjector'],
    ] as const) {
      const model = await open(name, { projector, contextSize: 8192, capture: false });
      const out = await prefill(model, [picture(width, height), { text: 'what', parseSpecial: false }]);
      expect(out.imageTokens).toBeGreaterThan(0);
      await model.dispose();
    }
  });

  it('evaluates a prompt on a recurrent model', async () => {
    const model = await open('mamba', { capture: false });
    const out = await prefill(model, [{ text: 'the cat', parseSpecial: false }]);
    expect(out.row.topIds).toHaveLength(4);
    await model.dispose();
  });

  it('runs two models side by side', async () => {
    const [target, draft] = await Promise.all([open('target'), open('draft')]);
    const parts = [{ text: 'the cat', parseSpecial: false }];
    const both = await Promise.all([prefill(target, parts), prefill(draft, parts)]);
    expect(both.map((out) => out.nPast)).toEqual([both[0].nPast, both[0].nPast]);
    await Promise.all([target.dispose(), draft.dispose()]);
  });

  it('frees a model that was forgotten', async () => {
    const { addon } = await native();
    const { target } = await fixtureModels();
    for (let i = 0; i < 30; i++) await addon.loadModel({ path: target, gpuLayers: 0, device: '' });
    const model = await open('target');
    expect((await prefill(model, [{ text: 'a', parseSpecial: false }])).nPast).toBeGreaterThan(0);
    await model.dispose();
  });

  it('gives the most likely tokens after every text token, as the last row of a shorter prompt would', async () => {
    for (const [file, projector] of [
      ['target', 'projector'],
      ['qwen2vl', 'qwen2vlProjector'],
    ] as const) {
      const model = await open(file, { projector });
      const parts = [
        { text: 'look at ', parseSpecial: false },
        picture(96, 96),
        { tokens: Int32Array.of(9, 8, 7) },
      ];
      const plain = await model.prefill({ parts, addSpecial: true, wants: wants({ topK: 8 }) });
      expect(plain.promptTop).toBeNull();
      const out = await model.prefill({ parts, addSpecial: true, wants: wants({ topK: 8 }), promptTop: 8 });
      const rows = Array.from({ length: out.nCells }, (_, i) =>
        [...(out.promptTop ?? [])].slice(i * 8, i * 8 + 8),
      );
      expect(out.promptTop).toHaveLength(out.nCells * 8);
      expect([...out.row.topIds]).toEqual([...plain.row.topIds]);
      expect(rows.at(-1)).toEqual([...plain.row.topIds]);
      const tokens = out.chunks.flatMap((chunk) => [
        ...(chunk.tokens ?? new Int32Array(chunk.count).fill(-1)),
      ]);
      for (const [i, token] of tokens.entries())
        if (token === -1) expect(rows[i]).toEqual(new Array(8).fill(-1));
      for (const cut of [1, 2]) {
        const shorter = [...parts.slice(0, 2), { tokens: Int32Array.of(9, 8, 7).subarray(0, 3 - cut) }];
        const { row } = await model.prefill({ parts: shorter, addSpecial: true, wants: wants({ topK: 8 }) });
        expect(rows.at(-1 - cut)).toEqual([...row.topIds]);
      }
      const first = out.chunks[0]?.tokens ?? new Int32Array(0);
      const start = [{ tokens: first }];
      const { row } = await model.prefill({ parts: start, addSpecial: false, wants: wants({ topK: 8 }) });
      expect(rows[first.length - 1]).toEqual([...row.topIds]);
      await model.dispose();
    }
  });

  it('gives them over several decodes, beside attention, and refuses too many', async () => {
    const model = await open('target', { projector: 'projector', capture: true });
    const tokens = Int32Array.from({ length: 600 }, (_, i) => 5 + ((i * 37) % 500));
    const ask = {
      parts: [{ tokens }],
      addSpecial: true,
      wants: wants({ topK: 4, layers: Int32Array.of(0) }),
    };
    const plain = await model.prefill(ask);
    const out = await model.prefill({ ...ask, promptTop: 4 });
    expect(out.promptTop).toHaveLength(601 * 4);
    expect([...(out.promptTop ?? [])].slice(-4)).toEqual([...plain.row.topIds]);
    expect(maxDifference(out.row.shares, plain.row.shares)).toBeLessThan(1e-5);
    await expect(model.prefill({ ...ask, promptTop: 65 })).rejects.toMatchObject({ code: 'BAD_REQUEST' });
    await model.dispose();
  });
});
