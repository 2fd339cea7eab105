/** What `specula bench` and `specula bench report` print, with the definition of every number. */
import { required } from '#shared/domain/assert.ts';
import { gateLabel } from '#shared/domain/gate.ts';
import { methodLabel } from '#shared/domain/method.ts';
import { metricDefinitions } from '#shared/metrics/definitions.ts';
import type { Estimate, Summary } from '#shared/metrics/summary.ts';
import type { BenchReport, BenchRow } from '../bench/report.ts';
import { columns, percent } from './evaluate-report.ts';
import { printable, table } from './terminal.ts';

/** Tables over everything and by topic, definitions, and what it was measured with. */
export function benchText(report: BenchReport): string {
  const { rows, plan } = report;
  const overall = rows.filter(({ topic }) => topic === null);
  const topics = [...new Set(rows.map(({ topic }) => topic).filter((topic) => topic !== null))];
  const several = new Set(plan.configurations.map(({ target }) => target)).size > 1;
  const name = ({ configuration }: BenchRow): string[] => {
    const own = required(plan.configurations[configuration], `configuration ${configuration}`);
    const gate = own.gate.mode === 'off' ? '' : ` + ${gateLabel(own.gate)}`;
    return [`${several ? `${own.target}: ` : ''}${methodLabel(own.method)}${gate}`];
  };
  const of = (some: readonly BenchRow[], part: Part): string => {
    const known = some.filter(({ summary }) => part.shows(summary));
    if (known.length === 0) return '';
    return columns([
      ['method', ...part.head(known)],
      ...known.map((row) => [...name(row), ...part.cells(row.summary, known)]),
    ]);
  };
  const sections = [
    heading(report),
    of(overall, speeds),
    ...topics.map((topic) => {
      const text = of(
        rows.filter((row) => row.topic === topic),
        speeds,
      );
      return `${printable(topic)}\n${text}`;
    }),
    of(overall, times),
    of(overall, depths),
    of(overall, gates),
    of(overall, words),
    differences(report, name),
    definitions(overall.map(({ summary }) => summary)),
    machines(report),
  ];
  return sections.filter((section) => section !== '').join('\n');
}

function heading({ bench, plan, total, done, failed }: BenchReport): string {
  const { shard, sampling } = plan;
  const part = shard.of === 1 ? '' : `, shard ${shard.index}/${shard.of}`;
  const drawn = sampling.temperature === 0 ? 'greedy' : `temperature ${sampling.temperature}`;
  const lines = [
    `${printable(bench.name)} (${bench.id}${part})`,
    `${printable(plan.dataSet.name)}: ${plan.samples.length} samples x ${plan.configurations.length} configurations x ${plan.repeats} repeats, ${drawn}, at most ${plan.maxTokens} tokens per turn`,
  ];
  if (done < total) {
    const bad = failed === 0 ? '' : `, ${failed} failed`;
    lines.push(`PARTIAL: ${done} of ${total} runs${bad}; go on with "specula bench resume ${bench.id}"`);
  }
  return lines.map((line) => `${line}\n`).join('');
}

interface Part {
  shows(summary: Summary): boolean;
  head(rows: readonly BenchRow[]): string[];
  cells(summary: Summary, rows: readonly BenchRow[]): string[];
}

const fixed = (value: number | null | undefined, digits: number): string => value?.toFixed(digits) ?? '-';

function estimated(found: Estimate | undefined, digits = 2): string {
  if (found === undefined || found.value === null) return '-';
  const { value, interval } = found;
  return interval === null
    ? value.toFixed(digits)
    : `${value.toFixed(digits)} [${interval.map((end) => end.toFixed(digits)).join(', ')}]`;
}

const speeds: Part = {
  shows: () => true,
  head: () => [
    'turns',
    'tokens',
    'MAT',
    'accepted',
    'zero',
    'paired',
    'global',
    'latency',
    'decode',
    'identical',
  ],
  cells: ({ turns, newTokens, mat, acceptance, zeroAccept, speedup, identity }) => [
    String(turns),
    String(newTokens),
    estimated(mat),
    acceptance.value === null ? '-' : percent(acceptance.value, 1),
    zeroAccept === null ? '-' : percent(zeroAccept, 1),
    estimated(speedup?.paired),
    estimated(speedup?.global),
    estimated(speedup?.latency),
    estimated(speedup?.decode),
    identity === null
      ? '-'
      : identity.differing === 0
        ? `all ${identity.compared}`
        : `${identity.differing} of ${identity.compared} differ`,
  ],
};

const times: Part = {
  shows: () => true,
  head: () => ['TTFT ms', 'ms/token', 'wall s', 'median s', '90 % s', 'draft', 'target', 'capture', 'other'],
  cells: ({ ttftMs, timePerTokenMs, wall, wallQuantiles: [median, high], split }) => [
    fixed(ttftMs, 1),
    fixed(timePerTokenMs, 2),
    fixed(wall, 2),
    fixed(median, 3),
    fixed(high, 3),
    ...[split.draft, split.target, split.capture, split.other].map((ms) => percent(ms, wall * 1000)),
  ],
};

const deepest = (rows: readonly BenchRow[]): number =>
  Math.max(0, ...rows.map(({ summary }) => summary.byDepth.length));

const depths: Part = {
  shows: ({ byDepth }) => byDepth.length > 0,
  head: (rows) => [...Array.from({ length: deepest(rows) }, (_, i) => `depth ${i + 1}`)],
  cells: ({ byDepth }, rows) =>
    Array.from({ length: deepest(rows) }, (_, i) => {
      const depth = byDepth[i];
      if (depth === undefined) return '-';
      const conditional = depth.conditional === null ? '-' : percent(depth.conditional, 1);
      return `${conditional} (${percent(depth.unconditional, 1)})`;
    }),
};

const gates: Part = {
  shows: ({ gate }) => gate !== null,
  head: () => ['rounds', 'hits', 'skipped', 'precision', 'recall'],
  cells: ({ rounds, gate }) => [
    String(rounds),
    percent(gate?.hits ?? 0, rounds),
    percent(gate?.skipped ?? 0, rounds),
    gate?.quality?.precision == null ? '-' : percent(gate.quality.precision, 1),
    gate?.quality?.recall == null ? '-' : percent(gate.quality.recall, 1),
  ],
};

const words: Part = {
  shows: ({ words: found, acceptance }) => found !== null && acceptance.value !== null,
  head: () => ['image-dependent words', 'tokens', 'other words', 'tokens'],
  cells: ({ words: found }) =>
    [found?.image, found?.other].flatMap((kind) => [
      percent(kind?.accepted ?? 0, kind?.judged ?? 0),
      String(kind?.judged ?? 0),
    ]),
};

/** Where answers differ from plain decoding's, and how near to a tie that was. */
function differences({ rows }: BenchReport, name: (row: BenchRow) => string[]): string {
  return rows
    .filter(({ topic, summary }) => topic === null && (summary.identity?.differing ?? 0) > 0)
    .map((row) => {
      const first = required(row.summary.identity?.first, 'the first difference');
      const margin = first.margin === null ? 'after the end of it' : `margin ${first.margin.toPrecision(3)}`;
      return `${name(row)[0]}: first differs from plain decoding in ${printable(first.sampleId)}, turn ${first.turn}, token ${first.index} (${margin})\n`;
    })
    .join('');
}

function definitions(summaries: readonly Summary[]): string {
  const d = metricDefinitions;
  const rows: [string, { readonly text: string; readonly source: string }][] = [
    ['MAT', d.mat],
    ['accepted', d.acceptance],
    ['zero', d.zeroAccept],
    ['paired', d.speedupPaired],
    ['global', d.speedupGlobal],
    ['latency', d.speedupLatency],
    ['decode', d.speedupDecode],
    ['identical', d.identical],
    ['[ ]', d.interval],
    ['TTFT', d.ttft],
    ['ms/token', d.timePerToken],
    ['wall', d.wall],
    ['draft ...', d.split],
    ['depth', { ...d.depth, text: `Conditional (unconditional). ${d.depth.text}` }],
  ];
  if (summaries.some(({ gate }) => gate !== null)) rows.push(['hits ...', d.gate]);
  if (summaries.some((summary) => summary.words !== null)) rows.push(['words', d.words]);
  return table(rows.map(([name, { text, source }]) => [name, `${text} (${source})`]));
}

function machines({ fingerprints }: BenchReport): string {
  const lines = fingerprints.map(
    ({ device, variant, threads, kvType, specula, llamaRelease, cpu, os }) =>
      `${device}, ${variant}, ${threads} threads, ${kvType} cache, Specula ${specula}, llama.cpp ${llamaRelease}, ${os}, ${cpu}\n`,
  );
  const mixed =
    'The runs were made on different machines or versions: times are compared within each only by sample.\n';
  return lines.join('') + (lines.length > 1 ? mixed : '');
}
