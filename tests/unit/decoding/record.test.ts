import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sixDigits } from '../../../src-main/decoding/digits.ts';
import { createDrafter } from '../../../src-main/decoding/drafters/create.ts';
import { eagleShape } from '../../../src-shared/domain/shapes.ts';
import { decodeAll } from '../../fixtures/decode.ts';
import { probabilities, ranked, ToyModel, toyPatches } from '../../fixtures/toy-model.ts';

const promptTokens = [3, 1, 4, 1, 5];
const text = { parts: [{ tokens: Int32Array.from(promptTokens) }], addSpecial: false };
const withImage = {
  parts: [{ image: { width: 2, height: 2, rgb: new Uint8Array(12) } }, ...text.parts],
  addSpecial: false,
};

describe('sixDigits', () => {
  it('keeps 6 significant digits and prints short', () => {
    fc.assert(
      fc.property(fc.double({ min: -1e6, max: 1e6, noNaN: true }), (x) => {
        const y = sixDigits(x);
        if (Math.abs(x) > 1e-9) {
          expect(Math.abs(y - x)).toBeLessThanOrEqual(Math.abs(x) * 5.1e-6);
          expect(
            String(y)
              .replace(/e.*|[-.]/g, '')
              .replace(/^0+/, '').length,
          ).toBeLessThanOrEqual(7);
        } else expect(Math.abs(y - x)).toBeLessThanOrEqual(1e-15);
      }),
    );
    expect([sixDigits(0), sixDigits(0.1), sixDigits(Math.fround(0.35)), sixDigits(123456.7)]).toEqual([
      0, 0.1, 0.35, 123457,
    ]);
  });
});

describe('a round’s record', () => {
  it('holds the target’s own numbers for every token and node', async () => {
    const target = new ToyModel();
    const drafter = createDrafter(
      { name: 'draft-model', shape: eagleShape },
      new ToyModel({ noise: 0.5 }),
      12,
    );
    const { records } = await decodeAll({ target, drafter, prompt: text, maxTokens: 40 });
    const answer: number[] = [];
    for (const { tokens, tree } of records) {
      const context = [...promptTokens, ...answer];
      for (const token of tokens) {
        const logits = target.logitsAfter([...promptTokens, ...answer]);
        expect(token.pTarget).toBeCloseTo(probabilities(logits)[token.id] ?? 0, 5);
        expect(token.targetRank).toBe(ranked(logits).indexOf(token.id));
        answer.push(token.id);
      }
      if (tree.verified === 1) continue;
      const sequence = (node: number): number[] =>
        node === 0 ? context : [...sequence(tree.parents[node] ?? 0), tree.tokens[node] ?? 0];
      for (let i = 0; i < tree.verified; i++) {
        expect(tree.targetTop[i]?.ids).toEqual(ranked(target.logitsAfter(sequence(i))).slice(0, 20));
        if (i === 0) continue;
        const above = target.logitsAfter(sequence(tree.parents[i] ?? 0));
        expect(tree.targetProb[i]).toBeCloseTo(probabilities(above)[tree.tokens[i] ?? 0] ?? 0, 5);
        expect(tree.targetRank[i]).toBe(ranked(above).indexOf(tree.tokens[i] ?? 0));
      }
    }
  });

  it('knows the draft’s opinion of the target’s own token where the draft looked', async () => {
    const draft = new ToyModel({ noise: 0.9 });
    const drafter = createDrafter({ name: 'draft-model', shape: eagleShape }, draft, 12);
    const { records } = await decodeAll({ target: new ToyModel(), drafter, prompt: text, maxTokens: 60 });
    const own = records.flatMap((r) => r.tokens).filter((t) => t.origin === 'correction');
    expect(own.length).toBeGreaterThan(3);
    expect(own.every((t) => t.pDraft === null || (t.draftRank ?? -1) > 0)).toBe(true);
    expect(own.some((t) => t.pDraft !== null)).toBe(true);
  });

  it('ranks sampled tokens beyond the recorded top from the full logits', async () => {
    const target = new ToyModel({ vocab: 40, scale: 0.5 });
    const sampling = { temperature: 1.5, topK: 0, topP: 1, seed: 4 };
    const { records, ids } = await decodeAll({ target, prompt: text, sampling, maxTokens: 60 });
    const tokens = records.flatMap((r) => r.tokens);
    expect(Math.max(...tokens.map((t) => t.targetRank))).toBeGreaterThan(19);
    for (const [i, token] of tokens.entries()) {
      const logits = target.logitsAfter([...promptTokens, ...ids.slice(0, i)]);
      expect(token.targetRank).toBe(ranked(logits).indexOf(token.id));
      expect(token.pTarget).toBeCloseTo(probabilities(logits)[token.id] ?? 0, 5);
    }
  });

  it('keeps the attention of exactly the rows that yielded its tokens', async () => {
    const capture = { layers: [0, 5], scoreLayer: 5 };
    const method = { name: 'draft-model', shape: eagleShape } as const;
    const drafter = createDrafter(method, new ToyModel({ noise: 0.3 }), 12);
    const options = { target: new ToyModel(), prompt: withImage, capture, maxTokens: 30 };
    const tree = await decodeAll({ ...options, drafter });
    const plain = await decodeAll(options);
    const rowsOf = (run: typeof plain) =>
      run.records.flatMap(({ attention }) =>
        Array.from({ length: attention[0]?.rows ?? 0 }, (_, row) =>
          attention.map((frame) => {
            const bytes = Buffer.from(frame.data, 'base64').subarray(
              row * frame.patches,
              (row + 1) * frame.patches,
            );
            return { layer: frame.layer, scale: frame.scale[row], bytes: [...bytes] };
          }),
        ),
      );
    expect(rowsOf(tree)).toEqual(rowsOf(plain));
    expect(rowsOf(plain)).toHaveLength(30);
    const tokens = plain.records.flatMap((r) => r.tokens);
    for (const [i, [, last]] of rowsOf(plain).entries()) {
      expect(last?.bytes).toHaveLength(toyPatches);
      expect(Math.max(...(last?.bytes ?? []))).toBe(255);
      const mass = (last?.bytes ?? []).reduce((sum, b) => sum + (b / 255) * (last?.scale ?? 0), 0);
      expect(mass).toBeCloseTo(tokens[i]?.score ?? -1, 2);
    }
    expect(tree.records.flatMap((r) => r.tokens.map((t) => t.score))).toEqual(tokens.map((t) => t.score));
  });

  it('has no frames without an image', async () => {
    const capture = { layers: [0], scoreLayer: 0 };
    const run = await decodeAll({ target: new ToyModel(), prompt: text, capture, maxTokens: 5 });
    expect(run.records.every((r) => r.attention.length === 0)).toBe(true);
  });
});
