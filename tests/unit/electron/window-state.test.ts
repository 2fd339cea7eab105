import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  fitBounds,
  readWindowState,
  smallest,
  type WindowState,
  writeWindowState,
} from '../../../src-main/electron/window-state.ts';

const display = { x: 0, y: 25, width: 1920, height: 1055 };
const right = { x: 1920, y: 0, width: 1280, height: 1024 };

describe('fitBounds', () => {
  test('keeps a window that is on a display', () => {
    const bounds = { x: 100, y: 100, width: 1200, height: 800 };
    expect(fitBounds(bounds, [display])).toEqual(bounds);
    expect(fitBounds({ ...bounds, x: 2000 }, [display, right])).toEqual({ ...bounds, x: 2000 });
  });

  test('lets the platform place a window whose display is gone', () => {
    expect(fitBounds({ x: 2000, y: 100, width: 1200, height: 800 }, [display])).toBeNull();
    expect(fitBounds({ x: -1190, y: 100, width: 1200, height: 800 }, [display])).toBeNull();
    expect(fitBounds({ x: 0, y: 1070, width: 1200, height: 800 }, [display])).toBeNull();
    expect(fitBounds(null, [display])).toBeNull();
  });

  test('shrinks a window to its display and never below the smallest size', () => {
    expect(fitBounds({ x: 1920, y: 0, width: 3000, height: 3000 }, [right])).toEqual(right);
    expect(fitBounds({ x: 10, y: 30, width: 200, height: 1 }, [display])).toEqual({
      x: 10,
      y: 30,
      ...smallest,
    });
  });

  test('moves a title bar from under the top bar', () => {
    const bounds = { x: 0, y: 0, width: 1200, height: 800 };
    expect(fitBounds(bounds, [display])).toEqual({ ...bounds, y: 25 });
  });
});

describe('the file', () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'specula-window-'));
    file = join(folder, 'window.json');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  test('gives back what was written and leaves nothing beside it', () => {
    const state: WindowState = {
      bounds: { x: 1, y: 2, width: 1000, height: 700 },
      maximised: true,
      theme: 'dark',
    };
    writeWindowState(file, state);
    expect(readWindowState(file)).toEqual(state);
    expect(readdirSync(folder)).toEqual(['window.json']);
  });

  test.each(['', '{', '[]', '{"bounds":{"x":"1"},"maximised":true,"theme":"dark"}', '{"theme":"pink"}'])(
    'is replaced by the defaults when it holds %j',
    (text) => {
      writeFileSync(file, text);
      expect(readWindowState(file)).toEqual({ bounds: null, maximised: false, theme: 'system' });
    },
  );

  test('may be missing', () => {
    expect(readWindowState(file)).toEqual({ bounds: null, maximised: false, theme: 'system' });
  });
});
