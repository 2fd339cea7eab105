import { rgb } from 'd3';
import { describe, expect, it } from 'vitest';
import { required } from '#shared/domain/assert.ts';
import { viewOf } from '../../../../../src-renderer/features/inspect/model/run-view.ts';
import { filtered, plainRunOf } from '../../../../../src-renderer/features/inspect/tokens/filters.ts';
import {
  paintAt,
  painting,
  quantities,
} from '../../../../../src-renderer/features/inspect/tokens/quantities.ts';
import { findText } from '../../../../../src-renderer/features/inspect/tokens/search.ts';
import { shareBar } from '../../../../../src-renderer/features/inspect/tokens/share-bar.ts';
import { answerText, tokenTable } from '../../../../../src-renderer/features/inspect/tokens/token-table.ts';
import { runSummary } from '../../fixtures.ts';
import { detail, viewOfTexts } from '../a-run.ts';

const view = viewOf(detail());

describe('search', () => {
  it('finds text across tokens, large and small letters alike', () => {
    expect(findText(view, 'A RED')).toEqual([{ from: 1, to: 3 }]);
    expect(findText(view, 'e')).toHaveLength(4);
    expect(findText(view, '')).toEqual([]);
    expect(findText(view, 'yellow')).toEqual([]);
  });

  it('is not led astray by letters that change their length', () => {
    expect(findText(viewOfTexts(['İ', 'İ', 'x']), 'x')).toEqual([{ from: 2, to: 3 }]);
  });
});

describe('filters', () => {
  it('leave refused rounds, skipped rounds, and tokens that differ from plain decoding', () => {
    expect([...filtered('refused', view, null)]).toEqual([1, 2]);
    expect([...filtered('skipped', view, null)]).toEqual([3]);
    expect([...filtered('differs', view, null)]).toEqual([]);
    const plain = view.tokens.map((token, i) => (i === 2 ? { ...token, id: 6 } : token));
    expect([...filtered('differs', view, plain)]).toEqual([2]);
    expect([...filtered('differs', view, plain.slice(0, 2))]).toEqual([2, 3]);
  });

  it('compare with the newest finished greedy run of plain decoding of the same sample and models', () => {
    const { summary } = view;
    const plain = (id: string, patch: object) =>
      runSummary(id, { status: 'done', spec: { ...summary.spec, method: { name: 'ar' }, ...patch } });
    const runs = [
      plain('sampled', { sampling: { ...summary.spec.sampling, temperature: 1 } }),
      plain('other', { sampleId: 'another' }),
      { ...plain('failed', {}), status: 'failed' as const },
      plain('newest', { maxTokens: 3 }),
      plain('older', {}),
    ];
    expect(plainRunOf(summary, runs)?.id).toBe('newest');
    expect(plainRunOf(summary, runs.slice(0, 3))).toBeNull();
    const spec = { ...summary.spec, sampling: { ...summary.spec.sampling, temperature: 1 } };
    expect(plainRunOf({ ...summary, spec }, runs)).toBeNull();
  });
});

describe('colours', () => {
  it('keep text legible at every value', () => {
    for (let t = 0; t <= 1; t += 1 / 64) {
      const { background, colour } = paintAt(t);
      expect(contrast(background, colour), background).toBeGreaterThanOrEqual(4.5);
    }
  });

  it('are evenly spaced in lightness', () => {
    const lights = Array.from({ length: 17 }, (_, i) => luminance(paintAt(i / 16).background));
    expect(lights).toEqual(lights.toSorted((a, b) => a - b));
  });

  it('reach from 0 to the largest value, and leave out tokens without one', () => {
    const score = painting('score', view.tokens);
    expect(score.high).toBe(0.61);
    expect(score.paint(required(view.tokens[2], 'a token'))).toEqual(paintAt(1));
    const depth = painting('depth', view.tokens);
    expect(view.tokens.map((token) => depth.paint(token) !== null)).toEqual([false, true, false, false]);
    expect(painting('draft-rank', view.tokens).high).toBe(1);
    expect(Object.values(quantities).map((q) => q.text(1))).toEqual(['1.00', '1.00', '1.00', '#2', '1']);
  });
});

describe('attention shares', () => {
  it('are a bar of four parts that fill it, in the order of the prompt', () => {
    const token = required(view.tokens[0], 'a token');
    expect(shareBar(token)).toBe(
      'linear-gradient(to right, var(--share-system) 0.0% 10.0%, var(--share-image) 10.0% 30.0%, var(--share-text) 30.0% 60.0%, var(--share-generated) 60.0% 100.0%) top / 100% 6px no-repeat',
    );
    expect(shareBar({ ...token, shares: { system: 0, image: 0.5, text: 0, generated: 0 } })).toContain(
      'var(--share-image) 0.0% 100.0%',
    );
    expect(shareBar({ ...token, shares: null })).toBeNull();
  });
});

describe('copying', () => {
  it('gives the answer, and a part of it', () => {
    expect(answerText(view)).toBe(' see a red blue');
    expect(answerText(view, 1, 3)).toBe(' a red');
  });

  it('gives a table of all or of the shown tokens, one line each', () => {
    const lines = tokenTable(view, null).split('\n');
    expect(lines).toHaveLength(view.tokens.length + 2);
    expect(lines[2]).toBe('1\t1\t3\t␣a\taccepted\t1\t1\t0.93\t1\t0.6\t1\t0.1\t3\t0.2');
    expect(tokenTable(view, new Set([3])).split('\n')).toHaveLength(3);
    expect(
      tokenTable(viewOfTexts(['a\tb\nc']), null)
        .trim()
        .split('\n'),
    ).toHaveLength(2);
  });
});

function luminance(colour: string): number {
  const c = rgb(colour);
  const [r, g, b] = [c.r, c.g, c.b].map((byte) => {
    const v = byte / 255;
    return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * (r ?? 0) + 0.7152 * (g ?? 0) + 0.0722 * (b ?? 0);
}

function contrast(a: string, b: string): number {
  const [low = 0, high = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (high + 0.05) / (low + 0.05);
}
