import fc from 'fast-check';
import { expect, test } from 'vitest';
import { greedy } from '#shared/domain/run.ts';
import { summarise } from '#shared/metrics/summary.ts';
import type { BenchReport } from '../../../src-main/bench/report.ts';
import { benchCsv } from '../../../src-main/cli/bench-csv.ts';
import { plain, plan } from '../bench-plans.ts';
import { anyTurns, observedTurn } from '../metrics/observed.ts';

const bootstrap = { seed: 1, resamples: 20, level: 0.95 };
const round = (drafted: number, accepted: number) => ({
  drafted,
  accepted,
  refused: accepted < drafted,
  score: null,
  ms: 2,
});
const turns = [
  observedTurn({ sampleId: 'a', turn: 0, repeat: 0 }, [round(3, 2), round(3, 0)]),
  observedTurn({ sampleId: 'b', turn: 0, repeat: 0 }, [round(3, 3)]),
];
const summary = summarise(turns, turns, { bootstrap, sampling: greedy });
const report: BenchReport = {
  version: 1,
  bench: { id: 'b1', name: 'A bench', createdAt: 0, planHash: 'hash' },
  plan,
  total: 4,
  done: 4,
  failed: 0,
  bootstrap,
  fingerprints: [],
  rows: [
    { topic: null, configuration: 1, summary },
    { topic: 'text vqa', configuration: 0, summary },
  ],
};

/** RFC 4180, read independently of how it is written. */
function read(csv: string): string[][] {
  const records: string[][] = [[]];
  let field = '';
  let quoted = false;
  for (let i = 0; i < csv.length; i += 1) {
    const c = csv[i] ?? '';
    if (quoted) {
      if (c !== '"') field += c;
      else if (csv[i + 1] === '"') {
        field += '"';
        i += 1;
      } else quoted = false;
    } else if (c === '"' && field === '') quoted = true;
    else if (c === ',' || (c === '\r' && csv[i + 1] === '\n')) {
      records.at(-1)?.push(field);
      field = '';
      if (c === '\r') {
        i += 1;
        records.push([]);
      }
    } else field += c;
  }
  expect(field).toBe('');
  expect(records.pop()).toEqual([]);
  return records;
}

/** Rows by the names of their columns. */
function rowsOf(csv: string): Record<string, string>[] {
  const [head = [], ...rows] = read(csv);
  for (const row of rows) expect(row.length).toBe(head.length);
  return rows.map((row) => Object.fromEntries(head.map((name, i) => [name, row[i] ?? ''])));
}

test('every topic and configuration has a row with its numbers', () => {
  const [all, topic] = rowsOf(benchCsv(report));
  expect(all).toMatchObject({ topic: 'ALL', target: 'target', samples: '2', turns: '2', gate: 'off' });
  expect(Number(all?.mat)).toBe(summary.mat.value);
  expect(Number(all?.mat_low)).toBe(summary.mat.interval?.[0]);
  expect(Number(all?.speedup_paired)).toBe(1);
  expect(all).toMatchObject({ identity_compared: '2', identity_differing: '0', first_difference: '' });
  expect(topic).toMatchObject({ topic: 'text vqa', method: 'ar' });
  // Only gates that compare a score have a threshold.
  expect(all?.threshold).toBe('');
  expect(Object.keys(all ?? {})).toContain('depth_3_unconditional');
});

test('texts come back exactly, whatever is in them', () => {
  const text = fc.oneof(fc.string(), fc.constantFrom('a,b', 'say "x"', 'two\r\nlines', '"', ',', '\n'));
  fc.assert(
    fc.property(text, text, anyTurns, (topic, target, own) => {
      const csv = benchCsv({
        ...report,
        plan: { ...plan, configurations: [{ ...plain, target }] },
        rows: [{ topic, configuration: 0, summary: summarise(own, null, { bootstrap, sampling: greedy }) }],
      });
      expect(rowsOf(csv)).toMatchObject([{ topic, target, speedup_paired: '' }]);
    }),
    { numRuns: 60 },
  );
});

test('a bench without rows has no columns', () => {
  expect(benchCsv({ ...report, rows: [] })).toBe('\r\n');
});
