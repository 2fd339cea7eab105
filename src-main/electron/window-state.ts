/** Where the window was and how the app looks, kept in a small JSON file; an unusable file means the defaults. */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { z } from 'zod';

const rectangleSchema = z.object({
  x: z.number().int(),
  y: z.number().int(),
  width: z.number().int(),
  height: z.number().int(),
});
/** Device-independent pixels. */
export type Rectangle = z.infer<typeof rectangleSchema>;

export const themes = ['system', 'light', 'dark'] as const;
export type Theme = (typeof themes)[number];

const windowStateSchema = z.object({
  /** null: the platform chooses */
  bounds: rectangleSchema.nullable(),
  maximised: z.boolean(),
  theme: z.enum(themes),
});
export type WindowState = z.infer<typeof windowStateSchema>;

export const smallest = { width: 960, height: 600 } as const;
export const defaultSize = { width: 1440, height: 900 } as const;
const defaults: WindowState = { bounds: null, maximised: false, theme: 'system' };

/** A title bar of at least this size must stay reachable. */
const reachable = { width: 120, height: 40 } as const;

/**
 * Bounds that fit the displays there are now, or null when the window would be out of reach.
 * @param areas work areas of the displays
 */
export function fitBounds(bounds: Rectangle | null, areas: readonly Rectangle[]): Rectangle | null {
  if (bounds === null) return null;
  const home = areas.find((area) => isReachable(bounds, area));
  if (home === undefined) return null;
  const width = clamp(bounds.width, smallest.width, Math.max(home.width, smallest.width));
  const height = clamp(bounds.height, smallest.height, Math.max(home.height, smallest.height));
  return { x: bounds.x, y: Math.max(bounds.y, home.y), width, height };
}

/** Whether enough of the window's top edge lies on the display to drag it by. */
function isReachable(bounds: Rectangle, area: Rectangle): boolean {
  const visible = Math.min(bounds.x + bounds.width, area.x + area.width) - Math.max(bounds.x, area.x);
  const below = bounds.y - area.y;
  return visible >= reachable.width && below > -reachable.height && below <= area.height - reachable.height;
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}

/** Never throws: a missing, broken or outdated file gives the defaults. */
export function readWindowState(file: string): WindowState {
  try {
    const parsed = windowStateSchema.safeParse(JSON.parse(readFileSync(file, 'utf8')));
    return parsed.success ? parsed.data : defaults;
  } catch {
    return defaults;
  }
}

/** Replaces the file in one move. A failure costs the window's position only, so it is told and no more. */
export function writeWindowState(file: string, state: WindowState): void {
  try {
    writeFileSync(`${file}.new`, `${JSON.stringify(state)}\n`);
    renameSync(`${file}.new`, file);
  } catch (error) {
    console.warn(`the window's position could not be kept in ${file}:`, error);
  }
}
