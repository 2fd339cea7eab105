import { describe, expect, it } from 'vitest';
import { lanesOf } from '../../../../src-renderer/charts/timeline/drawing.ts';
import {
  ceilings,
  columnsOf,
  columnValue,
  rangeTotals,
  roundAt,
  roundsAcross,
  type TimelineRound,
  transformOfView,
  viewOfTransform,
  xOf,
} from '../../../../src-renderer/charts/timeline/geometry.ts';
import { parseZoom, zoomText } from '../../../../src-renderer/features/inspect/timeline/zoom-text.ts';

const round = (patch: Partial<TimelineRound> = {}): TimelineRound => ({
  drafted: 4,
  accepted: 2,
  draftMs: 1,
  verifyMs: 2,
  captureMs: 0,
  otherMs: 0,
  score: null,
  threshold: null,
  entropy: null,
  skipped: false,
  turnStart: false,
  ...patch,
});

describe('the visible part', () => {
  it('is the one that its transform gives, and comes back from an address', () => {
    for (const view of [
      { from: 0, to: 50 },
      { from: 12.5, to: 20.25 },
      { from: 990, to: 1000 },
    ]) {
      const { k, tx } = transformOfView(view, 1000, 640);
      const back = viewOfTransform(k, tx, 1000, 640);
      expect(back.from).toBeCloseTo(view.from, 9);
      expect(back.to).toBeCloseTo(view.to, 9);
      expect(parseZoom(zoomText(view))).toEqual(view);
    }
    expect(zoomText({ from: -0.3, to: 1 / 3 })).toBe('0-0.33');
    for (const text of [undefined, '', '7', '9-3', 'a-b']) expect(parseZoom(text)).toBeNull();
  });

  it('shows a whole long run, and never blows up a short one', () => {
    expect(viewOfTransform(1, 0, 1000, 500)).toEqual({ from: -0, to: 1000 });
    expect(roundsAcross(3, 360)).toBe(10);
  });

  it('follows zoom and pan', () => {
    const view = viewOfTransform(2, -500, 1000, 500);
    expect(view).toEqual({ from: 500, to: 1000 });
    expect(xOf(view, 750, 500)).toBe(250);
    expect(roundAt(view, 250, 500, 1000)).toBe(750);
    expect(roundAt({ from: 0, to: 10 }, 499, 500, 3)).toBeNull();
  });
});

describe('columns', () => {
  it('are rounds when there is room', () => {
    const columns = columnsOf({ from: 0, to: 10 }, 3, 100, 2);
    expect(columns.map((c) => [c.from, c.to, c.x, c.width])).toEqual([
      [0, 1, 0, 10],
      [1, 2, 10, 10],
      [2, 3, 20, 10],
    ]);
  });

  it('gather rounds where they are narrower than a pixel, and cover each exactly once', () => {
    const columns = columnsOf({ from: 0, to: 5003 }, 5003, 500, 2);
    expect(columns.length).toBeLessThanOrEqual(251);
    let next = 0;
    for (const column of columns) {
      expect(column.from).toBe(next);
      next = column.to;
    }
    expect(next).toBe(5003);
  });

  it('leave out what is not in view', () => {
    const columns = columnsOf({ from: 4000, to: 4010 }, 5000, 500, 2);
    expect([columns[0]?.from, columns.at(-1)?.to]).toEqual([4000, 4010]);
  });

  it('average what they gather, but keep the highest score', () => {
    const rounds = [
      round({ score: 0.1, threshold: 0.35 }),
      round({ score: 0.7, accepted: 0, drafted: 0, skipped: true }),
    ];
    expect(columnValue(rounds, { from: 0, to: 2, x: 0, width: 2 })).toMatchObject({
      drafted: 2,
      accepted: 1,
      verifyMs: 2,
      skipped: 0.5,
      score: 0.7,
      threshold: 0.35,
    });
  });
});

describe('scales', () => {
  it('are not flattened by one slow round of a long run', () => {
    const rounds = Array.from({ length: 500 }, (_, i) => round({ verifyMs: i === 7 ? 900 : 2 }));
    expect(ceilings(rounds).ms).toBe(3);
    expect(ceilings(rounds.slice(0, 20)).ms).toBe(901);
  });

  it('leave room above the threshold and work without rounds', () => {
    expect(ceilings([round({ score: 0.1, threshold: 0.4 })]).score).toBeGreaterThan(0.4);
    expect(ceilings([])).toEqual({ drafted: 1, ms: 1, score: 1, entropy: 1 });
  });

  it('divide the height among the lanes without overlap', () => {
    const lanes = lanesOf(160, true);
    expect(lanes.drafts.top + lanes.drafts.height).toBeLessThan(lanes.time.top);
    expect((lanes.score?.top ?? 0) + (lanes.score?.height ?? 0)).toBeLessThanOrEqual(lanes.axis);
    expect((lanes.entropy?.top ?? 0) + (lanes.entropy?.height ?? 0)).toBeLessThanOrEqual(lanes.axis);
    expect(lanes.score?.top).toBeLessThan(lanes.entropy?.top ?? 0);
    expect(lanesOf(160, false).score).toBeNull();
    expect(lanesOf(120, true).entropy).toBeNull();
  });

  it('end the lanes on whole pixels', () => {
    for (const height of [120, 133, 160, 201]) {
      const { drafts, time, score, entropy } = lanesOf(height, true);
      for (const lane of [drafts, time, score, entropy ?? time])
        expect(((lane?.top ?? 0.5) + (lane?.height ?? 0)) % 1).toBe(0);
    }
  });
});

describe('rangeTotals', () => {
  it('adds up the rounds of a brush', () => {
    const rounds = [round(), round({ accepted: 0, drafted: 0, skipped: true, draftMs: 0 }), round()];
    expect(rangeTotals(rounds, 1, 3)).toEqual({
      rounds: 2,
      tokens: 4,
      drafted: 4,
      accepted: 2,
      skipped: 1,
      ms: 5,
      draftMs: 1,
      verifyMs: 4,
    });
  });
});
