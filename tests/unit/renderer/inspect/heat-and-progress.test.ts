import { describe, expect, it } from 'vitest';
import type { EngineStatus } from '#shared/contract/status.ts';
import { liveProgress } from '../../../../src-renderer/features/inspect/header/live.ts';
import { frameOf, heatOf, noHeatReason } from '../../../../src-renderer/features/inspect/image/heat.ts';
import { parseImageOptions } from '../../../../src-renderer/features/inspect/image/image-options.ts';
import { viewOf } from '../../../../src-renderer/features/inspect/model/run-view.ts';
import { phaseOf } from '../../../../src-renderer/features/inspect/setup/phase.ts';
import { timelineRounds } from '../../../../src-renderer/features/inspect/timeline/timeline-rounds.ts';
import { detail, detailOf, turn } from './a-run.ts';

const frames = detailOf(1).attention;
const frame = frameOf(frames, undefined);
if (frame === null) throw new Error('the round has attention');

describe('heat of a token', () => {
  it('is the attention of its own row', () => {
    const heat = heatOf(frame, 1, 'token', null);
    expect(Array.from(heat?.raw ?? [], (v) => v.toFixed(3))).toEqual(['0.200', '0.040']);
    expect(heat?.total).toBeCloseTo(0.24);
    expect(heat?.domain.high).toBeCloseTo(0.2);
    expect(heatOf(frame, 2, 'token', null)).toBeNull();
  });

  it('can be scaled to the run or taken relative to its mean', () => {
    const mean = { map: Float32Array.of(0.1, 0.04), highest: 0.8, rounds: 3 };
    expect(heatOf(frame, 1, 'run', mean)?.domain).toEqual({ low: 0, high: 0.8 });
    const relative = heatOf(frame, 1, 'mean', mean);
    expect(relative?.diverging).toBe(true);
    expect(relative?.map[0]).toBeCloseTo(1);
    expect(relative?.map[1]).toBeCloseTo(0);
    const otherGrid = { ...mean, map: Float32Array.of(1) };
    expect(heatOf(frame, 1, 'mean', otherGrid)?.diverging).toBe(false);
  });

  it('takes the asked layer, otherwise the last one captured', () => {
    const two = [{ ...frame, layer: 1 }, frame];
    expect([frameOf(two, 1)?.layer, frameOf(two, 9)?.layer, frameOf([], 1)]).toEqual([1, 3, null]);
  });

  it('says why there is none', () => {
    const { spec } = detail().summary;
    expect(noHeatReason({ ...spec, capture: { layers: 'none' } }, turn, [])).toMatch(/captured no attention/);
    expect(noHeatReason({ ...spec, projector: null }, turn, [])).toMatch(/never saw the image/);
    expect(noHeatReason(spec, null, [])).toMatch(/no image/);
    expect(noHeatReason(spec, { ...turn, gridProblem: 'unknown tiles' }, frames)).toMatch(/unknown tiles/);
  });

  it('remembers how it is drawn', () => {
    const options = { colours: 'cividis', scale: 'run', opacity: 0.3 } as const;
    expect(parseImageOptions(JSON.stringify(options))).toEqual(options);
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
