/**
 * How smooth the window is on long runs: generated runs of 1,000, 10,000 and 50,000 rounds in the real server and a real
 * browser. For each the time until the run is shown, and the 95th percentile of the times between frames while the
 * timeline is zoomed and panned, the token stream scrolled, and a tree of 256 nodes zoomed.
 *
 *   npm run bench:ui [-- ROUNDS...]
 */
import { chromium, type Page } from '@playwright/test';
import { buildRenderer } from '../../scripts/lib/builds.mjs';
import { ensureChromium } from '../../scripts/lib/chromium.mjs';
import { openStorage } from '../../src-main/storage/storage.ts';
import { quantile } from '../../src-shared/metrics/statistics.ts';
import { openLink } from '../e2e/flows.ts';
import { withServer } from '../e2e/server.ts';
import { fingerprint, makeRecord, sample, spec, turn } from '../unit/storage/records.ts';

const frames = 120;
/** The round whose tree is drawn: as large as trees get; the others are small, to be written quickly. */
const treeNodes = 256;
const otherNodes = 4;

/** A run of so many rounds in the database of a home folder. Returns its id. */
function generate(home: string, rounds: number): string {
  const storage = openStorage(home);
  try {
    const writer = storage.runs.create({ ...spec, sampleId: 'specula_001', dataSetId: 'builtin' }, sample);
    writer.fingerprint(fingerprint);
    writer.turn(turn);
    for (let i = 0; i < rounds; i += 1) writer.round(makeRecord(i, i === 1 ? treeNodes : otherNodes, 10, 4));
    writer.turn({ ...turn, endedBy: 'max-tokens' });
    writer.end('done', null);
    return writer.summary.id;
  } finally {
    storage.close();
  }
}

type Move = 'timeline' | 'stream' | 'tree';

/** Milliseconds between frames while something is moved once per frame, in the page itself. */
async function frameTimes(page: Page, move: Move): Promise<number[]> {
  return page.evaluate(
    async ([what, count]) => {
      const pane = (name: string) => document.querySelector(`section[aria-label="${name}"]`);
      const target =
        what === 'timeline'
          ? pane('Rounds')?.querySelector('canvas')
          : what === 'tree'
            ? pane('Draft tree')?.querySelector('[role="tree"] svg')
            : pane('Answer')?.querySelector('[data-token]')?.closest('div[class*="stream"]');
      if (target === null || target === undefined) throw new Error(`the ${what} is not on the screen`);
      const box = target.getBoundingClientRect();
      const step = (frame: number) => {
        if (what === 'stream') target.scrollTop += 90;
        else {
          // In, then out again, with the pointer on its way across.
          const clientX = box.left + box.width * (0.2 + (0.6 * frame) / count);
          const clientY = box.top + box.height / 2;
          const deltaY = frame < count / 2 ? -60 : 60;
          target.dispatchEvent(new PointerEvent('pointermove', { clientX, clientY, bubbles: true }));
          target.dispatchEvent(
            new WheelEvent('wheel', { deltaY, clientX, clientY, bubbles: true, cancelable: true }),
          );
        }
      };
      const times: number[] = [];
      let last = await new Promise<number>(requestAnimationFrame);
      for (let frame = 0; frame < count; frame += 1) {
        step(frame);
        const now = await new Promise<number>(requestAnimationFrame);
        times.push(now - last);
        last = now;
      }
      return times;
    },
    [move, frames] as const,
  );
}

const p95 = (times: readonly number[]): string =>
  `${(
    quantile(
      times.toSorted((a, b) => a - b),
      0.95,
    ) ?? 0
  ).toFixed(1)} ms`;

async function measure(page: Page, id: string, rounds: number): Promise<void> {
  await openLink(page, '#/samples');
  await page.getByRole('navigation', { name: 'Screens' }).waitFor();
  const start = performance.now();
  await page.evaluate((hash) => {
    location.hash = hash;
  }, `#/inspect?run=${id}&round=1`);
  await page.locator('[data-token]').first().waitFor();
  const shown = performance.now() - start;
  await page.getByRole('treeitem').first().waitFor();
  const found = [];
  for (const move of ['timeline', 'stream', 'tree'] as const) found.push(p95(await frameTimes(page, move)));
  const [timeline, stream, tree] = found;
  console.log(
    `${String(rounds).padStart(6)} rounds   shown after ${shown.toFixed(0)} ms   p95 frame: timeline ${timeline}, stream ${stream}, tree of ${treeNodes} nodes ${tree}`,
  );
}

const asked = process.argv
  .slice(2)
  .map(Number)
  .filter((n) => n > 0);
const sizes = asked.length > 0 ? asked : [1000, 10_000, 50_000];
await buildRenderer(() => console.log('building the renderer'));
const executablePath = await ensureChromium(() => console.log('fetching a Chromium'));
const runs = new Map<number, string>();
await withServer(
  async (server) => {
    const browser = await chromium.launch({
      executablePath,
      args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
    });
    try {
      const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
      await page.goto(server.address);
      await page.getByRole('navigation', { name: 'Screens' }).waitFor();
      for (const [rounds, id] of runs) await measure(page, id, rounds);
    } finally {
      await browser.close();
    }
  },
  (home) => {
    for (const rounds of sizes) runs.set(rounds, generate(home, rounds));
  },
);
