/**
 * Pictures of every screen and of every pane of Inspect, with real runs of the built-in models.
 *
 *   npm run screenshots -- FOLDER     all of them, 1280 x 800 and 1920 x 1080, light and dark
 *   npm run screenshots -- --readme   the three that the README shows, into resources/screenshots
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { chromium } from '@playwright/test';
import sharp from 'sharp';
import { massOf, recorded } from '../tests/e2e/recorded.ts';
import { withServer } from '../tests/e2e/server.ts';
import { buildRenderer } from './lib/builds.mjs';
import { ensureChromium } from './lib/chromium.mjs';
import { root } from './lib/paths.mjs';
import { report, SetupError } from './lib/process.mjs';

const sizes = { 1280: { width: 1280, height: 800 }, 1920: { width: 1920, height: 1080 } };
const themes = ['light', 'dark'];
const readmeFolder = join(root, 'resources', 'screenshots');
const readmePictures = [
  { file: 'inspect-light.png', screen: 'inspect', theme: 'light' },
  { file: 'samples-light.png', screen: 'samples-grid', theme: 'light' },
  { file: 'runs-dark.png', screen: 'runs', theme: 'dark' },
];
const largestReadmePicture = 250_000;

/** `specula run` for the list of runs; the last one is opened in Inspect. */
const runs = [
  ['--sample', 'specula_041', '--method', 'ar'],
  ['--sample', 'specula_206', '--method', 'pld', '--ngram', '2'],
  ['--sample', 'specula_087', '--chain', '4'],
  ['--sample', 'specula_127', '--method', 'eagle3'],
  ['--sample', 'specula_145', '--method', 'msd', '--gate', 'probe'],
  ['--sample', 'specula_098', '--temperature', '0.8', '--seed', '7'],
  ['--sample', 'specula_161', '--gate', 'paper', '--threshold', '0.3'],
  ['--sample', 'specula_222', '--gate', 'paper'],
  ['--sample', 'specula_086', '--gate', 'paper', '--capture', 'all', '--capture-heads'],
];

/**
 * Round and token that show most: a round that accepted and refused, and of its tokens the one whose attention in the
 * last layer is gathered on few patches of the image.
 */
function telling(run) {
  let best = { round: 0, token: 0, strength: -1 };
  for (const [round, { tree, attention }] of run.details.entries()) {
    if (!tree.fates.includes('not-chosen') || tree.fates.filter((fate) => fate === 'accepted').length < 2)
      continue;
    const frame = attention.at(-1);
    const first = run.tokens.findIndex((token) => token.round === round);
    const inRound = run.tokens.filter((token) => token.round === round).length;
    for (let row = 0; frame !== undefined && row < inRound; row += 1) {
      const strength = Math.max(...massOf(frame, row));
      if (strength > best.strength) best = { round, token: first + row, strength };
    }
  }
  return best;
}

/** Panes of Inspect -> their region's name, and what the address holds for them beside the run. */
const panes = {
  image: { pane: 'Image' },
  heads: { pane: 'Image', search: 'look=heads' },
  layers: { pane: 'Image', search: 'look=layers' },
  score: { pane: 'Image', search: 'look=score' },
  token: { pane: 'Token' },
  answer: { pane: 'Answer' },
  'answer-by-score': { pane: 'Answer', search: 'colour=score' },
  tree: { pane: 'Draft tree' },
  'other-draft': { pane: 'Other draft', search: 'otherDraft=true', prepare: draftOnce },
  rounds: { pane: 'Rounds' },
  'what-if': { pane: 'What if', search: 'whatIf=true' },
  debugger: { pane: 'Debugger', search: 'debugger=true' },
};

/** Name of a picture -> the address within the window, the pane that is shown (left out: all), and what is done before. */
function screens(inspected, { round, token }) {
  const inspect = `#/inspect?run=${inspected}&round=${round}&token=${token}`;
  const ofPane = ([name, { pane, search, prepare }]) => [
    `inspect-${name}`,
    { address: search === undefined ? inspect : `${inspect}&${search}`, pane, prepare },
  ];
  return {
    'samples-grid': { address: '#/samples' },
    'samples-table': { address: '#/samples?view=table' },
    inspect: { address: inspect },
    runs: { address: `#/runs?run=${inspected}` },
    ...Object.fromEntries(Object.entries(panes).map(ofPane)),
  };
}

async function draftOnce(page) {
  const pane = page.getByRole('region', { name: 'Other draft', exact: true });
  await pane.getByRole('button', { name: /^pld/ }).click();
  await page.getByRole('dialog').getByRole('combobox', { name: 'Method' }).click();
  await page.getByRole('option', { name: 'Token Recycling' }).click();
  await page.keyboard.press('Escape');
  await pane.getByRole('button', { name: /^Draft round/ }).click();
  await pane.getByRole('tree').waitFor({ timeout: 60_000 });
}

async function take(page, address, { address: screen, pane, prepare }) {
  await page.goto('about:blank');
  await page.goto(new URL(screen, address).href);
  await page.locator('main [role]').first().waitFor();
  await prepare?.(page);
  await page.waitForLoadState('networkidle');
  await page.evaluate(() => document.fonts.ready);
  // Thumbnails and pictures are decoded beside the page's scripts.
  await page.evaluate(() => Promise.all([...document.images].map((image) => image.decode().catch(() => {}))));
  const shown = pane === undefined ? page : page.getByRole('region', { name: pane, exact: true });
  return shown.screenshot({ animations: 'disabled' });
}

/** Takes the pictures that are asked for: `(screen, theme, size)` -> bytes, one after the other. */
async function withCamera(use) {
  const executablePath = await ensureChromium(() => console.log('fetching a Chromium'));
  const browser = await chromium.launch({
    executablePath,
    // Chromium refuses its sandbox to root, which CI containers run as
    args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
  });
  try {
    await withServer(async (server) => {
      let inspected = '';
      for (const run of runs) inspected = await server.record(...run);
      const addresses = screens(inspected, telling(recorded(server.home, inspected)));
      await use(async (screen, theme, size) => {
        const context = await browser.newContext({ viewport: sizes[size], colorScheme: theme });
        const page = await context.newPage();
        await page.goto(server.address);
        const picture = await take(page, server.address, addresses[screen]);
        await context.close();
        return picture;
      }, Object.keys(addresses));
    });
  } finally {
    await browser.close();
  }
}

function save(folder, file, bytes) {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, file);
  writeFileSync(path, bytes);
  console.log(`${path}  ${Math.round(bytes.length / 1024)} kB`);
}

async function optimised(picture, file) {
  const bytes = await sharp(picture).png({ palette: true, effort: 10, compressionLevel: 9 }).toBuffer();
  if (bytes.length > largestReadmePicture) {
    throw new SetupError(
      `${file} has ${bytes.length} bytes; the README's pictures may have ${largestReadmePicture}.`,
    );
  }
  return bytes;
}

async function main(args) {
  const readme = args.includes('--readme');
  const folder = args.find((arg) => !arg.startsWith('-'));
  if (!readme && folder === undefined) {
    throw new SetupError('Name a folder for the pictures, or --readme:  npm run screenshots -- FOLDER');
  }
  await buildRenderer(() => console.log('building the renderer'));
  await withCamera(async (shoot, names) => {
    for (const { file, screen, theme } of readme ? readmePictures : []) {
      save(readmeFolder, file, await optimised(await shoot(screen, theme, 1280), file));
    }
    if (folder === undefined) return;
    for (const size of Object.keys(sizes)) {
      for (const theme of themes) {
        for (const name of names) {
          save(resolve(folder), `${name}-${theme}-${size}.png`, await shoot(name, theme, size));
        }
      }
    }
  });
}

main(process.argv.slice(2)).catch(report);
