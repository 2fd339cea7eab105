import { describe, expect, it } from 'vitest';
import { RunControl } from '../../../src-main/engine/control.ts';

function make(startPaused: boolean) {
  const states: string[] = [];
  let stops = 0;
  const control = new RunControl({
    startPaused,
    breakpoints: [],
    stopAt: null,
    plain: null,
    onState: (s) => states.push(s),
    onStop: () => {
      stops += 1;
    },
  });
  return { control, states, stops: () => stops };
}

describe('RunControl', () => {
  it('lets a running run go on without asking anyone', async () => {
    const { control, states } = make(false);
    expect(await control.permission()).toBe('go');
    expect(await control.permission()).toBe('go');
    expect(states).toEqual([]);
  });

  it('started with Step it runs one round, then waits; step gives one more, continue all', async () => {
    const { control, states } = make(true);
    expect(await control.permission()).toBe('go');
    const second = control.permission();
    expect(states).toEqual(['paused']);
    control.apply({ action: 'step' });
    expect(await second).toBe('go');
    const third = control.permission();
    control.apply({ action: 'continue' });
    expect(await third).toBe('go');
    expect(await control.permission()).toBe('go');
    expect(states).toEqual(['paused', 'running', 'paused', 'running']);
  });

  it('step while running pauses after the next round', async () => {
    const { control } = make(false);
    control.apply({ action: 'step' });
    expect(await control.permission()).toBe('go');
    let resolved = false;
    const waiting = control.permission().then((ok) => {
      resolved = true;
      return ok;
    });
    await new Promise((r) => setTimeout(r, 5));
    expect(resolved).toBe(false);
    control.apply({ action: 'stop' });
    expect(await waiting).toBe('stopped');
  });

  it('stop ends a paused run once and nothing wakes it again', async () => {
    const { control, stops } = make(false);
    control.apply({ action: 'pause' });
    const waiting = control.permission();
    control.apply({ action: 'stop' });
    control.apply({ action: 'stop' });
    control.apply({ action: 'continue' });
    expect(await waiting).toBe('stopped');
    expect(await control.permission()).toBe('stopped');
    expect(stops()).toBe(1);
  });
});
