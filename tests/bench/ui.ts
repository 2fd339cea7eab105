/**
 * How smooth the window is on long runs: generated runs of 1,000, 10,000 and 50,000 rounds (two tokens each on average) in
 * the real server and a real browser. For each the time from the click to its tokens on the screen, and the 95th
 * percentile of the times between frames while the timeline is zoomed and panned, the token stream scrolled, and a tree of
 * 256 nodes zoomed. Beside each stands the processor time that the page's main thread took, until then or per frame, which
 * other programs on the machine hardly change.
 *
 *   npm run bench:ui [-- ROUNDS...]
 */
import { type CDPSession, chromium, type Page } from '@playwright/test';
import { buildRenderer } from '../../scripts/lib/builds.mjs';
import { ensureChromium } from '../../scripts/lib/chromium.mjs';
import { openStorage } from '../../src-main/storage/storage.ts';
import { quantile } from '../../src-shared/metrics/statistics.ts';
import { withServer } from '../e2e/server.ts';
import { fingerprint, makeRecord, sample, spec, turn } from '../unit/storage/records.ts';

const frames = 120;
/** The round whose tree is drawn: as large as trees get; the others are small, to be written quickly. */
const treeNodes = 256;
const otherNodes = 4;
/** Different tokens of a run: long answers repeat themselves. */
const vocabulary = 4000;
/** Times that a run is opened; the median is told. */
const openings = 5;

/** A run of so many rounds in the database of a home folder. Returns its id. */
function generate(home: string, rounds: number): string {
  const storage = openStorage(home);
  try {
    const writer = storage.runs.create({ ...spec, sampleId: 'specula_001', dataSetId: 'builtin' }, sample);
    writer.fingerprint(fingerprint);
    writer.turn(turn);
    for (let i = 0; i < rounds; i += 1) {
      const record = makeRecord(i, i === 1 ? treeNodes : otherNodes, 10, 4);
      writer.round({
        ...record,
        tokens: record.tokens.map((token) => ({ ...token, id: i % vocabulary })),
        pieces: i < vocabulary ? record.pieces : [],
      });
    }
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
            ? pane('Draft tree')?.querySelector('[role="tree"] canvas')
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

/** From an open run to the list of runs, both at rest; the page is not loaded anew. */
async function rest(page: Page): Promise<void> {
  await page.waitForTimeout(300);
  await page.evaluate(() => {
    location.hash = '#/runs';
  });
  await page.getByRole('row').nth(1).waitFor();
  await page.waitForTimeout(300);
}

/** Milliseconds from going to a run's address until its first tokens are in a frame that was drawn, measured in the page. */
async function openingTime(page: Page, id: string): Promise<number> {
  return page.evaluate(async (hash) => {
    const start = performance.now();
    location.hash = hash;
    await new Promise<void>((resolve) => {
      const observer = new MutationObserver(() => {
        if (document.querySelector('[data-token]') === null) return;
        observer.disconnect();
        resolve();
      });
      observer.observe(document, { childList: true, subtree: true });
    });
    // The frame is drawn after its callbacks, so the next task comes after it.
    await new Promise(requestAnimationFrame);
    await new Promise((resolve) => setTimeout(resolve));
    return performance.now() - start;
  }, `#/inspect?run=${id}&round=1`);
}

/** Milliseconds of processor time that the page's main thread has taken so far. */
async function busyTime(session: CDPSession): Promise<number> {
  const { metrics } = await session.send('Performance.getMetrics');
  return (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0) * 1000;
}

const quantileOf = (times: readonly number[], q: number): number =>
  quantile(
    times.toSorted((a, b) => a - b),
    q,
  ) ?? 0;

async function measure(page: Page, session: CDPSession, id: string, rounds: number): Promise<void> {
  const busy = async <T>(work: () => Promise<T>): Promise<[T, number]> => {
    const before = await busyTime(session);
    const result = await work();
    return [result, (await busyTime(session)) - before];
  };
  const shown: number[] = [];
  const worked: number[] = [];
  for (let i = 0; i < openings; i += 1) {
    await rest(page);
    const [time, work] = await busy(() => openingTime(page, id));
    shown.push(time);
    worked.push(work);
  }
  await page.getByRole('treeitem').first().waitFor();
  await page.waitForTimeout(300);
  const found = [];
  for (const move of ['timeline', 'stream', 'tree'] as const) {
    const [times, work] = await busy(() => frameTimes(page, move));
    found.push(`${move} ${quantileOf(times, 0.95).toFixed(1)} ms (${(work / frames).toFixed(1)})`);
  }
  console.log(
    `${String(rounds).padStart(6)} rounds   shown after ${quantileOf(shown, 0.5).toFixed(0)} ms (${quantileOf(worked, 0.5).toFixed(0)})   p95 frame: ${found.join(', ')}`,
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
      const session = await page.context().newCDPSession(page);
      await session.send('Performance.enable', { timeDomain: 'threadTicks' });
      // The first opening also loads the screen's code.
      await openingTime(page, runs.get(sizes[0] ?? 0) ?? '');
      console.log('milliseconds; in brackets the processor time of the main thread');
      for (const [rounds, id] of runs) await measure(page, session, id, rounds);
    } finally {
      await browser.close();
    }
  },
  (home) => {
    for (const rounds of sizes) runs.set(rounds, generate(home, rounds));
  },
);
