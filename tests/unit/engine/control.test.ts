import { describe, expect, it } from 'vitest';
import { RunControl } from '../../../src-main/engine/control.ts';

function make(startPaused: boolean) {
  const states: string[] = [];
  let stops = 0;
  const control = new RunControl(
    startPaused,
    (s) => states.push(s),
    () => {
      stops += 1;
    },
  );
  return { control, states, stops: () => stops };
}

describe('RunControl', () => {
  it('lets a running run go on without asking anyone', async () => {
    const { control, states } = make(false);
    expect(await control.permission()).toBe(true);
    expect(await control.permission()).toBe(true);
    expect(states).toEqual([]);
  });

  it('started with Step it runs one round, then waits; step gives one more, continue all', async () => {
    const { control, states } = make(true);
    expect(await control.permission()).toBe(true);
    const second = control.permission();
    expect(states).toEqual(['paused']);
    control.apply('step');
    expect(await second).toBe(true);
    const third = control.permission();
    control.apply('continue');
    expect(await third).toBe(true);
    expect(await control.permission()).toBe(true);
    expect(states).toEqual(['paused', 'running', 'paused', 'running']);
  });

  it('step while running pauses after the next round', async () => {
    const { control } = make(false);
    control.apply('step');
    expect(await control.permission()).toBe(true);
    let resolved = false;
    const waiting = control.permission().then((ok) => {
      resolved = true;
      return ok;
    });
    await new Promise((r) => setTimeout(r, 5));
    expect(resolved).toBe(false);
    control.apply('stop');
    expect(await waiting).toBe(false);
  });

  it('stop ends a paused run once and nothing wakes it again', async () => {
    const { control, stops } = make(false);
    control.apply('pause');
    const waiting = control.permission();
    control.apply('stop');
    control.apply('stop');
    control.apply('continue');
    expect(await waiting).toBe(false);
    expect(await control.permission()).toBe(false);
    expect(stops()).toBe(1);
  });
});
