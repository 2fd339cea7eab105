import { describe, expect, it } from 'vitest';
import type { EngineStatus } from '#shared/contract/status.ts';
import { attentionRow } from '../../../../src-renderer/charts/heat-map/attention.ts';
import { liveProgress } from '../../../../src-renderer/features/inspect/header/live.ts';
import {
  diverges,
  frameOf,
  type HeatView,
  heatOf,
  missingOf,
  shownTotal,
} from '../../../../src-renderer/features/inspect/image/heat.ts';
import { parseImageOptions } from '../../../../src-renderer/features/inspect/image/image-options.ts';
import { shownPart } from '../../../../src-renderer/features/inspect/model/map-part.ts';
import { viewOf } from '../../../../src-renderer/features/inspect/model/run-view.ts';
import { phaseOf } from '../../../../src-renderer/features/inspect/setup/phase.ts';
import { timelineRounds } from '../../../../src-renderer/features/inspect/timeline/timeline-rounds.ts';
import { detail, detailOf, turn } from './a-run.ts';

const frames = detailOf(1).attention;
const frame = frameOf(frames, 3);
if (frame === null) throw new Error('the round has attention');
const rowOf = (row: number): Float32Array => {
  const raw = attentionRow(frame, row);
  if (raw === null) throw new Error(`no row ${row}`);
  return raw;
};
const plain: HeatView = { scale: 'token', maps: null, mask: null, against: null };

describe('heat of a token', () => {
  it('is the attention of its own row', () => {
    const heat = heatOf(rowOf(1), plain);
    expect(Array.from(heat.raw, (v) => v.toFixed(3))).toEqual(['0.200', '0.040']);
    expect(heat.total).toBeCloseTo(0.24);
    expect(heat.domain.high).toBeCloseTo(0.2);
    expect([heat.kind, heat.out, diverges(heat), diverges(null)]).toEqual(['weight', null, false, false]);
  });

  it('can be scaled to the run or taken relative to its mean', () => {
    const mean = (sum: number[]) => ({
      rounds: new Map(),
      next: 3,
      mean: { sum: Float64Array.from(sum), maps: 1, highest: 0.8 },
    });
    const maps = mean([0.1, 0.04]);
    expect(heatOf(rowOf(1), { ...plain, scale: 'run', maps }).domain).toEqual({ low: 0, high: 0.8 });
    const relative = heatOf(rowOf(1), { ...plain, scale: 'mean', maps });
    expect(relative.kind).toBe('ratio');
    expect(relative.map[0]).toBeCloseTo(1);
    expect(relative.map[1]).toBeCloseTo(0);
    expect(heatOf(rowOf(1), { ...plain, scale: 'mean', maps: mean([1]) }).kind).toBe('weight');
  });

  it('leaves sinks out of its scale and says how much they hold', () => {
    const heat = heatOf(rowOf(1), { ...plain, mask: new Set([0]) });
    expect(heat.domain.high).toBeCloseTo(0.04);
    expect(heat.out?.patches).toBe(1);
    expect(heat.out?.mass).toBeCloseTo(0.2);
    expect(shownTotal(heat)).toBeCloseTo(0.04);
  });

  it('can be the difference to another token, on a scale that is the same both ways', () => {
    const heat = heatOf(rowOf(1), { ...plain, scale: 'mean', against: rowOf(0) });
    expect(heat.kind).toBe('difference');
    expect(Array.from(heat.map, (v) => v.toFixed(2))).toEqual(['0.10', '0.02']);
    expect(heat.domain.low).toBe(-heat.domain.high);
    expect(heatOf(rowOf(1), { ...plain, against: Float32Array.of(1) }).kind).toBe('weight');
  });

  it('is of the asked layer and head, otherwise of the last layer recorded', () => {
    const two = { ...detailOf(1), attention: [{ ...frame, layer: 1 }, frame] };
    expect([frameOf(two.attention, 1)?.layer, frameOf(two.attention, 9), frameOf([], 1)]).toEqual([
      1,
      null,
      null,
    ]);
    expect(shownPart(two, undefined, undefined)).toEqual({ layer: 3, head: null });
    expect(shownPart(two, 9, 2)).toEqual({ layer: 9, head: 2 });
    expect(shownPart(undefined, undefined, 2)).toBeNull();
  });

  it('says what is missing, and whether it can be read again', () => {
    const { spec } = detail().summary;
    const of = (...args: Parameters<typeof missingOf>) => missingOf(...args);
    const mean = { layer: 3, head: null };
    expect(of({ ...spec, projector: null }, turn, detailOf(1), mean)).toMatchObject({ remedy: false });
    expect(of(spec, null, detailOf(1), mean).words).toMatch(/no image/);
    const unplaced = { ...turn, gridProblem: 'unknown tiles' };
    expect(of(spec, unplaced, detailOf(1), mean).words).toMatch(/unknown tiles/);
    const none = { ...detailOf(1), attention: [] };
    expect(of(spec, turn, none, null)).toMatchObject({ remedy: true });
    expect(of(spec, turn, detailOf(1), { layer: 1, head: null })).toEqual({
      words: 'Layer 1 was not recorded. Recorded: layer 3.',
      remedy: true,
    });
    expect(of(spec, turn, detailOf(1), { layer: 3, head: 0 })).toEqual({
      words: 'Single heads of layer 3 were not recorded. Recorded: none.',
      remedy: true,
    });
    expect(of(spec, turn, { ...detailOf(1), headLayers: [3] }, { layer: 3, head: 9 })).toEqual({
      words: 'Layer 3 has no head 9.',
      remedy: false,
    });
  });

  it('remembers how it is drawn', () => {
    const old = { colours: 'cividis', scale: 'run', opacity: 0.3 } as const;
    const options = { ...old, sinks: 'none', together: 'own' };
    expect(parseImageOptions(JSON.stringify(old))).toEqual(options);
    expect(parseImageOptions(JSON.stringify({ ...options, sinks: 'both' })).sinks).toBe('both');
    expect(parseImageOptions('{"colours":"rainbow"}')).toEqual(parseImageOptions(null));
  });
});

describe('progress of a live run', () => {
  it('counts what is left at most, over all turns', () => {
    const view = viewOf(detail());
    expect(liveProgress(view, 1)).toMatchObject({ done: 4, most: 16 });
    const live = liveProgress(view, 2);
    expect(live.most).toBe(32);
    // 12 ms for 4 tokens: 3 ms each, 28 left.
    expect(live.msLeft).toBeCloseTo(84);
    expect(liveProgress(viewOf(detail(0)), 1)).toEqual({ done: 0, most: 16, msLeft: null });
  });
});

describe('phase of the controls', () => {
  const status = (patch: Partial<EngineStatus>): EngineStatus => ({
    state: 'running',
    detail: '',
    progress: null,
    variant: null,
    llamaRelease: null,
    devices: [],
    loaded: null,
    runId: 'r',
    hit: null,
    restarts: 0,
    logTail: [],
    ...patch,
  });

  it('follows the shown run where the engine’s state lags behind', () => {
    expect(phaseOf(undefined, null)).toBe('idle');
    expect(phaseOf(status({ runId: null }), null)).toBe('idle');
    expect(phaseOf(status({}), { id: 'r', status: 'paused' })).toBe('paused');
    expect(phaseOf(status({}), { id: 'r', status: 'done' })).toBe('idle');
    expect(phaseOf(status({ state: 'paused' }), { id: 'other', status: 'done' })).toBe('paused');
    expect(phaseOf(status({ state: 'loading' }), null)).toBe('running');
  });
});

describe('timelineRounds', () => {
  it('marks the first round of every turn', () => {
    const rounds = detail().rounds.map((r, i) => ({ ...r, turn: i === 2 ? 1 : 0 }));
    const drawn = timelineRounds({ ...viewOf(detail()), rounds });
    expect(drawn.map((r) => r.turnStart)).toEqual([true, false, true]);
    expect(drawn[2]).toMatchObject({ skipped: true, score: 0.61, threshold: 0.35, entropy: 0.1 });
  });
});
