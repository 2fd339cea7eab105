import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bestPinpoint,
  estimateImageTokens,
  geometryFor,
  type ProjectorGeometry,
  patchRects,
} from '../../src-shared/domain/geometry.ts';
import type { PatchGrid } from '../../src-shared/domain/run.ts';
import {
  type MeasuredGeometry,
  measuredDynamic,
  measuredPadded,
  measuredTiles,
} from '../fixtures/images/measured-geometry.ts';

const mlp: ProjectorGeometry = { type: 'mlp', imageSize: 96, patchSize: 8, merge: 1, pinpoints: [] };
const tiles: ProjectorGeometry = {
  ...mlp,
  pinpoints: [
    { width: 96, height: 192 },
    { width: 192, height: 96 },
    { width: 192, height: 192 },
  ],
};
const qwen: ProjectorGeometry = {
  type: 'qwen2vl_merger',
  imageSize: 224,
  patchSize: 14,
  merge: 2,
  pinpoints: [],
};

function gridsOf(
  projector: ProjectorGeometry,
  width: number,
  height: number,
  chunks: readonly { nx: number; ny: number }[],
) {
  const geometry = geometryFor({ imageWidth: width, imageHeight: height, projector, chunks });
  if (!geometry.ok) throw new Error(geometry.reason);
  return geometry.grids;
}

/** The part of the canvas that the picture covers, from the grid's area; inverts what geometryFor did. */
function coveredBox(
  grid: PatchGrid,
  [width, height]: readonly [number, number],
  canvas: readonly [number, number],
) {
  const toX = (x: number) => ((x - grid.area.x) / grid.area.w) * canvas[0];
  const toY = (y: number) => ((y - grid.area.y) / grid.area.h) * canvas[1];
  const clamp = (value: number, most: number) => Math.round(Math.min(Math.max(value, 0), most));
  const [x0, x1] = [clamp(toX(0), canvas[0]), clamp(toX(width), canvas[0])];
  const [y0, y1] = [clamp(toY(0), canvas[1]), clamp(toY(height), canvas[1])];
  return [x0, y0, x1 - x0, y1 - y0];
}

function expectMeasured(projector: ProjectorGeometry, { size, chunks }: MeasuredGeometry) {
  const grids = gridsOf(projector, ...size, chunks);
  expect(grids.length).toBe(chunks.length);
  for (const [at, chunk] of chunks.entries()) {
    const grid = grids[at];
    if (grid === undefined) throw new Error('a grid is missing');
    expect(grid.nx * grid.ny).toBe(chunk.nx * chunk.ny);
    expect(coveredBox(grid, size, chunk.canvas)).toEqual([...chunk.box]);
  }
}

describe('geometryFor agrees with llama.cpp', () => {
  it.each(measuredPadded)('padded square, $size', (measured) => expectMeasured(mlp, measured));
  it.each(measuredTiles)('tiles and overview, $size', (measured) => expectMeasured(tiles, measured));
  it.each(measuredDynamic)('dynamic size, $size', (measured) => {
    expectMeasured(qwen, measured);
    const grid = gridsOf(qwen, ...measured.size, measured.chunks)[0];
    expect([grid?.nx, grid?.ny]).toEqual([measured.chunks[0]?.nx, measured.chunks[0]?.ny]);
  });
});

describe('estimateImageTokens', () => {
  const measured = ({ chunks }: MeasuredGeometry): number =>
    chunks.reduce((sum, { nx, ny }) => sum + nx * ny, 0);
  const picture = ({ size: [width, height] }: MeasuredGeometry) => ({ width, height });

  it.each(measuredPadded)('is exact for a padded square, $size', (one) => {
    expect(estimateImageTokens(mlp, null)).toBe(measured(one));
    expect(estimateImageTokens(mlp, picture(one))).toBe(measured(one));
  });
  it.each(measuredTiles)('is exact for tiles, $size', (one) => {
    expect(estimateImageTokens(tiles, picture(one))).toBe(measured(one));
  });
  it.each(measuredDynamic)('is close for dynamic sizes, $size', (one) => {
    const estimate = estimateImageTokens(qwen, picture(one)) ?? 0;
    const { nx = 1, ny = 1 } = one.chunks[0] ?? {};
    // A row or column more or less: the engine rounds sides up.
    expect(Math.abs(estimate - measured(one))).toBeLessThanOrEqual(nx + ny + 1);
  });
  it('is not made without the size that it needs, or for unknown projectors', () => {
    expect([estimateImageTokens(tiles, null), estimateImageTokens(qwen, null)]).toEqual([null, null]);
    expect(estimateImageTokens({ ...mlp, type: 'resampler' }, { width: 96, height: 96 })).toBeNull();
  });
});

describe('patchRects', () => {
  it('lists the tokens of a square picture row by row', () => {
    const rects = patchRects(gridsOf(mlp, 96, 96, [{ nx: 144, ny: 1 }]));
    expect(rects.length).toBe(144);
    expect(rects[0]).toEqual({ x: 0, y: 0, w: 8, h: 8 });
    expect(rects[1]).toEqual({ x: 8, y: 0, w: 8, h: 8 });
    expect(rects[12]).toEqual({ x: 0, y: 8, w: 8, h: 8 });
    expect(rects[143]).toEqual({ x: 88, y: 88, w: 8, h: 8 });
  });

  it('reaches above and below a wide picture, into the padding', () => {
    const rects = patchRects(gridsOf(mlp, 192, 96, [{ nx: 144, ny: 1 }]));
    expect(rects[0]).toEqual({ x: 0, y: -48, w: 16, h: 16 });
    expect(rects[143]).toEqual({ x: 176, y: 128, w: 16, h: 16 });
  });

  it('reaches left and right of a tall picture, into the padding', () => {
    const rects = patchRects(gridsOf(mlp, 96, 192, [{ nx: 144, ny: 1 }]));
    expect(rects[0]).toEqual({ x: -48, y: 0, w: 16, h: 16 });
  });

  it('keeps the rows and columns of a non-square grid apart', () => {
    const rects = patchRects(gridsOf(qwen, 56, 112, [{ nx: 2, ny: 4 }]));
    expect(rects.map(({ x, y }) => [x, y])).toEqual([
      [0, 0],
      [28, 0],
      [0, 28],
      [28, 28],
      [0, 56],
      [28, 56],
      [0, 84],
      [28, 84],
    ]);
  });

  it('puts the tiles before the overview', () => {
    const chunk = { nx: 144, ny: 1 };
    const grids = gridsOf(tiles, 384, 384, [chunk, chunk, chunk, chunk, chunk]);
    expect(grids.map(({ area }) => area)).toEqual([
      { x: 0, y: 0, w: 192, h: 192 },
      { x: 192, y: 0, w: 192, h: 192 },
      { x: 0, y: 192, w: 192, h: 192 },
      { x: 192, y: 192, w: 192, h: 192 },
      { x: 0, y: 0, w: 384, h: 384 },
    ]);
    expect(patchRects(grids)).toHaveLength(720);
    expect(patchRects(grids)[144]).toEqual({ x: 192, y: 0, w: 16, h: 16 });
  });

  it('covers every picture exactly once, whatever its size (tiles without the overview)', () => {
    const side = fc.integer({ min: 1, max: 4000 });
    fc.assert(
      fc.property(side, side, fc.constantFrom('mlp', 'tiles', 'qwen'), (width, height, kind) => {
        const chunk = { nx: 144, ny: 1 };
        const grids =
          kind === 'qwen'
            ? gridsOf(qwen, width, height, [{ nx: 5, ny: 3 }])
            : kind === 'mlp'
              ? gridsOf(mlp, width, height, [chunk])
              : tileGrids(width, height);
        const covered = patchRects(grids)
          .map(({ x, y, w, h }) => overlap(x, w, width) * overlap(y, h, height))
          .reduce((sum, area) => sum + area, 0);
        expect(Math.abs(covered / (width * height) - 1)).toBeLessThan(1e-9);
      }),
      { numRuns: 300 },
    );
  });
});

function tileGrids(width: number, height: number): readonly PatchGrid[] {
  const chunk = { nx: 144, ny: 1 };
  if (Math.max(width, height) <= 96) return gridsOf(tiles, width, height, [chunk]);
  const refined = bestPinpoint({ width, height }, tiles.pinpoints);
  const count = (refined.width / 96) * (refined.height / 96);
  return gridsOf(tiles, width, height, Array(count + 1).fill(chunk)).slice(0, -1);
}

const overlap = (start: number, length: number, most: number): number =>
  Math.max(0, Math.min(start + length, most) - Math.max(start, 0));

describe('geometryFor refuses what it does not know', () => {
  const input = { imageWidth: 96, imageHeight: 96, projector: mlp, chunks: [{ nx: 144, ny: 1 }] };
  const reason = (changes: Partial<typeof input>): string => {
    const geometry = geometryFor({ ...input, ...changes });
    return geometry.ok ? 'accepted' : geometry.reason;
  };

  it('names the projector, the number of blocks or the token count', () => {
    expect(reason({})).toBe('accepted');
    expect(reason({ projector: { ...mlp, type: 'resampler' } })).toMatch(
      /resampler projector lie is not known/,
    );
    expect(reason({ chunks: [{ nx: 143, ny: 1 }] })).toBe('143 image tokens do not make a square grid');
    expect(reason({ chunks: [] })).toBe('1 image blocks were expected, the engine reported 0');
    expect(reason({ projector: qwen, chunks: [] })).toMatch(/one grid per picture, the engine reported 0/);
    expect(reason({ projector: tiles, imageWidth: 300, chunks: [{ nx: 144, ny: 1 }] })).toMatch(
      /3 image blocks were expected/,
    );
  });
});
