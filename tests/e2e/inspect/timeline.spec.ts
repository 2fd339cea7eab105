import type { Locator, Page } from '@playwright/test';
import { required } from '../../../src-shared/domain/assert.ts';
import { expect, test } from '../fixtures.ts';
import { addressOf, openLink } from '../flows.ts';
import { bytesOf, recorded, tokensOf } from '../recorded.ts';
import { expectShown, pixelsOf, printed, tokenColour } from '../shown.ts';

const pane = (page: Page): Locator => page.getByRole('region', { name: 'Rounds' });
const canvas = (page: Page): Locator => pane(page).getByRole('img', { name: /^Timeline of / });

interface Hovered {
  /** middle of the round on the canvas */
  readonly x: number;
  readonly text: string;
  readonly facts: ReadonlyMap<string, string>;
}

/** The box of the round under the pointer: its text and its names and values; null where there is none. */
function hoveredRound(page: Page): Promise<{ text: string; facts: [string, string][] } | null> {
  return page.evaluate(() => {
    const head = [...document.querySelectorAll('body > div > p')].find((p) =>
      /^Round \d+/.test(p.textContent ?? ''),
    );
    const card = head?.parentElement;
    if (card == null) return null;
    const facts = [...card.querySelectorAll('dt')].map((name): [string, string] => [
      name.textContent ?? '',
      name.nextElementSibling?.textContent ?? '',
    ]);
    return { text: card.textContent ?? '', facts };
  });
}

/** Moves the pointer over the whole timeline and reads the box of every round. */
async function sweep(page: Page): Promise<Map<number, Hovered>> {
  const box = required(await canvas(page).boundingBox(), 'the timeline on the screen');
  const found = new Map<number, Hovered & { readonly first: number }>();
  for (let x = 6; x < box.width; x += 12) {
    await page.mouse.move(box.x + x, box.y + box.height / 2);
    const hovered = await hoveredRound(page);
    if (hovered === null) continue;
    const round = Number(/^Round (\d+)/.exec(hovered.text)?.[1]);
    const first = found.get(round)?.first ?? x;
    found.set(round, { first, x: (first + x) / 2, text: hovered.text, facts: new Map(hovered.facts) });
  }
  await page.mouse.move(0, 0);
  return found;
}

test('the timeline has the recorded rounds, scores, threshold and skips, and selects them', async ({
  page,
  server,
  gatedRun,
}) => {
  const run = recorded(server.home, gatedRun);
  await openLink(page, `#/inspect?run=${gatedRun}&round=0`);
  await expect(canvas(page)).toHaveAccessibleName(`Timeline of ${run.rounds.length} rounds`);
  await expect(pane(page).getByRole('slider', { name: 'Round' })).toHaveAttribute(
    'aria-valuemax',
    String(run.rounds.length - 1),
  );
  const rounds = await sweep(page);
  expect([...rounds.keys()]).toEqual(run.rounds.map(({ index }) => index));

  const box = required(await canvas(page).boundingBox(), 'the timeline on the screen');
  const [skipped, accepted] = await Promise.all([
    tokenColour(page, 'origin-forced-bg'),
    tokenColour(page, 'origin-accepted-mark'),
  ]);
  for (const { index, gate, ...round } of run.rounds) {
    const { x, text, facts } = required(rounds.get(index), `round ${index} under the pointer`);
    const answer = tokensOf(run, index).map(({ id }) =>
      bytesOf(run, id).toString('utf8').replaceAll(' ', '␣'),
    );
    expect(text).toContain(answer.join(''));
    expect(text).toContain(
      round.noDraft === null
        ? `${round.drafted} drafted, ${acceptedWords(round)}`
        : gate.skipped
          ? 'Nothing drafted: the gate forbade drafting'
          : 'Prefill: the first token of a turn',
    );
    const score = facts.get('r before drafting') ?? '';
    if (gate.score === null) expect(score).toBe('–');
    else {
      expectShown(score, gate.score);
      expect(score).toContain(`${gate.hit ? '≥' : '<'} ${printed(run.summary.spec.gate.threshold)}`);
    }
    expectShown(
      facts.get('time') ?? '',
      Object.values(round.ms).reduce((a, b) => a + b, 0),
    );

    // What is drawn in the column: hatching for a skip, a filled bar for accepted tokens.
    const points = [];
    for (let dx = -8; dx <= 8; dx += 1)
      for (let y = 2; y < box.height / 3; y += 1) points.push({ x: x + dx, y });
    const colours = (await pixelsOf(canvas(page), points)).map(String);
    const share = (colour: readonly number[]) =>
      colours.filter((c) => c === String(colour)).length / colours.length;
    expect(share(skipped) > 0.1, `tint of round ${index}`).toBe(gate.skipped);
    // One accepted token of thirty drafted is little more than one row of pixels high.
    const row = 17 / points.length;
    expect(share(accepted) > row / 2, `accepted bar of round ${index}`).toBe(round.accepted > 0);
  }
  expect(run.rounds.some(({ gate }) => gate.skipped)).toBe(true);

  // Pressing a round selects it, shift-drag sums a range.
  const at = (round: number) => required(rounds.get(round), `round ${round}`).x;
  const y = box.height / 2;
  await canvas(page).click({ position: { x: at(3), y } });
  await expect.poll(() => addressOf(page).get('round')).toBe('3');
  await expect(page.getByRole('region', { name: 'Draft tree' })).toContainText('round 3:');

  await page.keyboard.down('Shift');
  await page.mouse.move(box.x + at(2), box.y + y);
  await page.mouse.down();
  await page.mouse.move(box.x + at(6), box.y + y, { steps: 4 });
  await page.mouse.up();
  await page.keyboard.up('Shift');
  const range = run.rounds.slice(2, 7);
  const sum = (of: (round: (typeof range)[number]) => number) => range.reduce((total, r) => total + of(r), 0);
  await expect(pane(page)).toContainText('rounds 2–6');
  await expect(pane(page)).toContainText(`${sum((r) => r.accepted)}/${sum((r) => r.drafted)} accepted`);
  await expect(pane(page)).toContainText(`${sum((r) => (r.gate.skipped ? 1 : 0))} skipped`);
});

function acceptedWords({ drafted, accepted }: { drafted: number; accepted: number }): string {
  if (accepted === 0) return 'none accepted';
  return accepted === drafted ? 'all accepted' : `${accepted} accepted`;
}
