/** The report of a bench as CSV (RFC 4180): one row per topic and configuration. */
import { comparesScore, gateLabel } from '#shared/domain/gate.ts';
import { methodLabel } from '#shared/domain/method.ts';
import type { Estimate, Summary } from '#shared/metrics/summary.ts';
import type { BenchReport } from '../bench/report.ts';

type Value = string | number | null;

/** Shares and ratios as numbers, times in seconds or milliseconds as the column says; empty: not known. */
export function benchCsv({ plan, rows }: BenchReport): string {
  const deepest = Math.max(0, ...rows.map(({ summary }) => summary.byDepth.length));
  const records = rows.map(({ topic, configuration, summary }): Record<string, Value> => {
    const own = plan.configurations[configuration];
    return {
      topic: topic ?? 'ALL',
      target: own?.target ?? null,
      method: own === undefined ? null : methodLabel(own.method),
      gate: own === undefined ? null : gateLabel(own.gate),
      threshold: own !== undefined && comparesScore(own.gate.mode) ? own.gate.threshold : null,
      ...numbersOf(summary, deepest),
    };
  });
  const head = Object.keys(records[0] ?? {});
  const lines = [head, ...records.map((record) => head.map((name) => record[name] ?? null))];
  return lines.map((line) => `${line.map(field).join(',')}\r\n`).join('');
}

function numbersOf(summary: Summary, deepest: number): Record<string, Value> {
  const { speedup, split, gate, words, identity } = summary;
  return {
    samples: summary.samples,
    turns: summary.turns,
    new_tokens: summary.newTokens,
    rounds: summary.rounds,
    ...estimate('mat', summary.mat),
    ...estimate('acceptance', summary.acceptance),
    draft_accept_mean: summary.draftAcceptMean,
    zero_accept_ratio: summary.zeroAccept,
    zero_accept_ratio_of_all: summary.zeroAcceptOfAll,
    ...estimate('speedup_paired', speedup?.paired),
    ...estimate('speedup_global', speedup?.global),
    ...estimate('speedup_latency', speedup?.latency),
    ...estimate('speedup_decode', speedup?.decode),
    wall_s: summary.wall,
    wall_median_s: summary.wallQuantiles[0],
    wall_q90_s: summary.wallQuantiles[1],
    ttft_ms: summary.ttftMs,
    time_per_token_ms: summary.timePerTokenMs,
    draft_ms: split.draft,
    target_ms: split.target,
    capture_ms: split.capture,
    other_ms: split.other,
    gate_hits: gate?.hits ?? null,
    gate_skipped: gate?.skipped ?? null,
    gate_precision: gate?.quality?.precision ?? null,
    gate_recall: gate?.quality?.recall ?? null,
    image_words_judged: words?.image.judged ?? null,
    image_words_accepted: words?.image.accepted ?? null,
    other_words_judged: words?.other.judged ?? null,
    other_words_accepted: words?.other.accepted ?? null,
    identity_compared: identity?.compared ?? null,
    identity_differing: identity?.differing ?? null,
    first_difference: identity?.first
      ? `${identity.first.sampleId}/${identity.first.turn}/${identity.first.index}`
      : null,
    first_difference_margin: identity?.first?.margin ?? null,
    ...Object.fromEntries(
      Array.from({ length: deepest }, (_, i) => [
        [`depth_${i + 1}_conditional`, summary.byDepth[i]?.conditional ?? null],
        [`depth_${i + 1}_unconditional`, summary.byDepth[i]?.unconditional ?? null],
      ]).flat(),
    ),
  };
}

const estimate = (name: string, found: Estimate | undefined): Record<string, Value> => ({
  [name]: found?.value ?? null,
  [`${name}_low`]: found?.interval?.[0] ?? null,
  [`${name}_high`]: found?.interval?.[1] ?? null,
});

function field(value: Value): string {
  const text = value === null ? '' : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
