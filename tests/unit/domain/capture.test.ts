import { describe, expect, it } from 'vitest';
import { captureBytes, captureLabel, captureSpecSchema, mapLayers } from '#shared/domain/capture.ts';
import { captureSize, geometryOf } from '../../../src-renderer/features/inspect/setup/capture-size.ts';

const geometry = { layers: 5, heads: 4, patches: 144 };

describe('what is recorded of the attention', () => {
  it('are maps of layers that the target has, each once', () => {
    expect(mapLayers({ layers: 'none' }, 5)).toEqual([]);
    expect(mapLayers({ layers: 'score' }, 5)).toEqual([]);
    expect(mapLayers({ layers: 'last' }, 5)).toEqual([4]);
    expect(mapLayers({ layers: 'all' }, 3)).toEqual([0, 1, 2]);
    expect(mapLayers({ layers: [3, 1, 3] }, 5)).toEqual([1, 3]);
    expect(() => mapLayers({ layers: [5] }, 5)).toThrow(
      'layer 5 does not exist: the target has layers 0 to 4',
    );
  });

  it('takes five floats a token, and a byte per patch with a scale per map', () => {
    expect(captureBytes({ layers: 'none' }, geometry, 100)).toBe(0);
    expect(captureBytes({ layers: 'score' }, geometry, 100)).toBe(4000);
    expect(captureBytes({ layers: 'last' }, geometry, 1)).toBe(40 + 148);
    expect(captureBytes({ layers: [0, 2] }, geometry, 1)).toBe(40 + 2 * 148);
    expect(captureBytes({ layers: 'all' }, geometry, 1)).toBe(40 + 5 * 148);
    expect(captureBytes({ layers: 'all', heads: true }, geometry, 1)).toBe(40 + 5 * (1 + 4) * 148);
  });

  it('is named in a few words', () => {
    const label = (layers: Parameters<typeof captureLabel>[0]['layers'], heads?: boolean) =>
      captureLabel({ layers, heads });
    expect([label('none'), label('score'), label('last'), label('all')]).toEqual([
      'off',
      'score only',
      'last layer',
      'all layers',
    ]);
    expect([label([2]), label([1, 3], true)]).toEqual(['layer 2', 'layers 1, 3, per head']);
  });

  it('is read from outside as it was stored before heads could be recorded', () => {
    expect(captureSpecSchema.parse({ layers: 'last' })).toEqual({ layers: 'last' });
    expect(captureSpecSchema.safeParse({ layers: [] }).success).toBe(false);
    expect(captureSpecSchema.safeParse({ layers: 'some' }).success).toBe(false);
  });

  it('is stated per 100 tokens, or why it is not known', () => {
    expect(captureSize({ layers: 'none' }, geometry)).toBe('Nothing is recorded.');
    expect(captureSize({ layers: 'last' }, geometry)).toBe(
      'At most 18.4 KiB per 100 tokens: 1 map of 144 patches each.',
    );
    expect(captureSize({ layers: 'all', heads: true }, geometry)).toMatch(/^At most 365 KiB .* 25 maps/);
    expect(captureSize({ layers: 'last' }, { ...geometry, patches: null })).toMatch(/not known/);
    expect(captureSize({ layers: 'last' }, { ...geometry, patches: 0 })).toBe(
      'At most 3.9 KiB per 100 tokens.',
    );
    expect(captureSize({ layers: [7] }, geometry)).toMatch(/does not have/);
    expect(geometryOf(undefined, undefined, null)).toEqual({ layers: null, heads: null, patches: 0 });
  });
});
