/** Patches of the image: where they lie on the screen, and which token looks at one. */
import { expect, type Locator, type Page } from '@playwright/test';
import { required } from '../../src-shared/domain/assert.ts';
import { patchRects } from '../../src-shared/domain/geometry.ts';
import { control } from './flows.ts';
import { massOf, type Recorded, strongest } from './recorded.ts';

/** The image pane. */
export const pane = (page: Page): Locator => page.getByRole('region', { name: 'Image' });
/** Its picture with the map of the selected token. */
export const canvas = (page: Page): Locator => pane(page).getByRole('img', { name: /^Image of / });

/** The token whose row looks most at one patch, with that row's attention in the last layer. */
export function gazing(run: Recorded): { at: number; round: number; row: number; mass: number[] } {
  const rows = run.tokens.map((token, at) => {
    const row = at - run.tokens.findIndex((other) => other.round === token.round);
    const frame = required(run.details[token.round]?.attention.at(-1), 'the last layer');
    return { at, round: token.round, row, mass: massOf(frame, row) };
  });
  return required(rows[strongest(rows.map(({ mass }) => Math.max(...mass)))], 'a token');
}

/**
 * A point in every patch in pixels of the canvas: the picture is shown whole, centred, as large as it fits. It is not the
 * middle, through which the outline of a letterboxed picture may run.
 */
export async function pointsIn(page: Page, run: Recorded): Promise<{ x: number; y: number }[]> {
  // The line that says that models are read pushes the panes down as long as it is there.
  await expect(control(page, 'Run')).toBeEnabled();
  const turn = required(run.turns[0], 'the turn');
  const image = required(turn.image, 'the size of its image');
  expect(turn.gridProblem).toBeNull();
  const rects = patchRects(turn.grids);
  const left = Math.min(0, ...rects.map((r) => r.x));
  const top = Math.min(0, ...rects.map((r) => r.y));
  const width = Math.max(image.width, ...rects.map((r) => r.x + r.w)) - left;
  const height = Math.max(image.height, ...rects.map((r) => r.y + r.h)) - top;
  const box = required(await canvas(page).boundingBox(), 'the canvas on the screen');
  const scale = Math.min(box.width / width, box.height / height);
  return rects.map((r) => ({
    x: Math.floor((box.width - width * scale) / 2 + (r.x + r.w * 0.35 - left) * scale),
    y: Math.floor((box.height - height * scale) / 2 + (r.y + r.h * 0.35 - top) * scale),
  }));
}
