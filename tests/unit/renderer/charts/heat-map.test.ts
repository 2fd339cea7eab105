import { describe, expect, it } from 'vitest';
import {
  addMaps,
  attentionRow,
  differenceOf,
  headMaps,
  massOn,
  meanOf,
  packedMaps,
  relativeTo,
  weightsOf,
} from '../../../../src-renderer/charts/heat-map/attention.ts';
import {
  cellAt,
  cellUnder,
  extent,
  fitInto,
  patchCount,
  toCanvas,
} from '../../../../src-renderer/charts/heat-map/cells.ts';
import {
  colourAt,
  domainOf,
  position,
  rampOf,
  symmetricDomain,
} from '../../../../src-renderer/charts/heat-map/colours.ts';

const base64 = (bytes: number[]) => Buffer.from(bytes).toString('base64');

describe('attentionRow', () => {
  const frame = { layer: 2, rows: 2, patches: 3, scale: [0.5, 0.1], data: base64([255, 0, 51, 0, 255, 102]) };

  it('reads one row with its own scale', () => {
    expect(Array.from(attentionRow(frame, 0) ?? [], (v) => v.toFixed(3))).toEqual([
      '0.500',
      '0.000',
      '0.100',
    ]);
    expect(Array.from(attentionRow(frame, 1) ?? [], (v) => v.toFixed(3))).toEqual([
      '0.000',
      '0.100',
      '0.040',
    ]);
    expect(attentionRow(frame, 2)).toBeNull();
  });

  it('refuses data of another size', () => {
    expect(() => attentionRow({ ...frame, data: base64([1, 2]) }, 0)).toThrow(
      /layer 2 has 2 values instead of 2 x 3/,
    );
  });
});

describe('mean map', () => {
  const maps = (...rows: number[][]) => rows.map((bytes) => ({ bytes: Uint8Array.from(bytes), scale: 1 }));

  it('averages maps as they come and compares with the average', () => {
    const first = addMaps(null, maps([51, 0, 0]));
    const mean = addMaps(first, maps([153, 51, 0], [1, 2]));
    if (mean === null || first === null) throw new Error('a mean');
    // The map of another image is left out, and the mean before stays.
    expect([mean.maps, first.maps, mean.highest]).toEqual([2, 1, 0.6]);
    expect(Array.from(meanOf(mean), (v) => v.toFixed(2))).toEqual(['0.40', '0.10', '0.00']);
    const relative = relativeTo(Float32Array.of(0.8, 0, 0.3), meanOf(mean));
    expect(relative[0]).toBeCloseTo(1);
    expect([relative[1], relative[2]]).toEqual([-4, 0]);
    expect(addMaps(null, [])).toBeNull();
  });
});

describe('maps of heads', () => {
  const frame = {
    layer: 1,
    heads: 2,
    rows: 2,
    patches: 2,
    scale: [1, 2, 3, 4],
    data: base64([255, 0, 0, 255, 51, 0, 0, 51]),
  };

  it('are those of one row, head by head', () => {
    expect(headMaps(frame, 1).map((map) => Array.from(weightsOf(map), (v) => v.toFixed(1)))).toEqual([
      ['0.0', '2.0'],
      ['0.0', '0.8'],
    ]);
    expect([headMaps(frame, 2), headMaps(frame, -1)]).toEqual([[], []]);
  });

  it('put weight on patches', () => {
    const [map] = packedMaps({ ...frame, rows: 4 });
    if (map === undefined) throw new Error('a map');
    expect(massOn(map, [0, 1])).toBe(1);
    expect(massOn(map, [1, 7])).toBe(0);
    expect([...differenceOf(Float32Array.of(1, 2), Float32Array.of(3, 1))]).toEqual([-2, 1]);
  });
});

describe('cells', () => {
  // An overview that is padded left and right, and a tile over the upper left quarter.
  const grids = [
    { nx: 6, ny: 2, area: { x: -10, y: 0, w: 60, h: 20 } },
    { nx: 2, ny: 2, area: { x: 0, y: 0, w: 20, h: 10 } },
  ];

  it('places every patch of every grid in the order of the attention row', () => {
    expect(patchCount(grids)).toBe(16);
    expect(cellAt(grids, 7)).toMatchObject({
      grid: 0,
      column: 1,
      row: 1,
      rect: { x: 0, y: 10, w: 10, h: 10 },
    });
    expect(cellAt(grids, 13)).toMatchObject({
      grid: 1,
      column: 1,
      row: 0,
      rect: { x: 10, y: 0, w: 10, h: 5 },
    });
    expect(cellAt(grids, 16)).toBeNull();
  });

  it('finds the patch under a point, tiles before the overview, padding too', () => {
    expect(cellUnder(grids, 15, 3)?.index).toBe(13);
    expect(cellUnder(grids, 15, 3, 0)?.index).toBe(2);
    expect(cellUnder(grids, -5, 15)?.index).toBe(6);
    expect(cellUnder(grids, 70, 5)).toBeNull();
    for (let i = 12; i < 16; i += 1) {
      const rect = cellAt(grids, i)?.rect;
      if (rect === undefined) throw new Error('a patch');
      expect(cellUnder(grids, rect.x + rect.w / 2, rect.y + rect.h / 2)?.index).toBe(i);
    }
  });

  it('fits picture and padding into a box, centred', () => {
    const area = extent({ width: 40, height: 20 }, grids);
    expect(area).toEqual({ x: -10, y: 0, w: 60, h: 20 });
    const fit = fitInto(area, { width: 120, height: 100 });
    expect(fit.scale).toBe(2);
    expect(toCanvas(area, fit)).toEqual({ x: 0, y: 30, w: 120, h: 40 });
  });

  it('leaves no seam between neighbours at any scale', () => {
    const fit = fitInto({ x: 0, y: 0, w: 7, h: 7 }, { width: 100, height: 100 });
    const grid = [{ nx: 7, ny: 1, area: { x: 0, y: 0, w: 7, h: 7 } }];
    for (let i = 1; i < 7; i += 1) {
      const left = cellAt(grid, i - 1);
      const right = cellAt(grid, i);
      if (left === null || right === null) throw new Error('a patch');
      const a = toCanvas(left.rect, fit);
      expect(a.x + a.w).toBe(toCanvas(right.rect, fit).x);
    }
  });
});

describe('colours', () => {
  it('run from the low to the high end and stop there', () => {
    const ramp = rampOf('inferno', false);
    expect(colourAt(ramp, -3)).toBe(colourAt(ramp, 0));
    expect(colourAt(ramp, 0)).toBe('rgb(0,0,4)');
    expect(colourAt(ramp, 1)).toBe('rgb(252,255,164)');
  });

  it('keep an empty map dark and a ratio centred', () => {
    expect(domainOf(Float32Array.of(0, 0))).toEqual({ low: 0, high: 1 });
    const domain = symmetricDomain(Float32Array.of(-2, 0.5));
    expect(position(domain, 0)).toBe(0.5);
    expect(symmetricDomain(Float32Array.of(0.1))).toEqual({ low: -1, high: 1 });
  });
});
