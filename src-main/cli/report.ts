/** The numbers of a finished run, each with its definition. */
import { assertNever } from '#shared/domain/assert.ts';
import { gateLabel } from '#shared/domain/gate.ts';
import { methodLabel } from '#shared/domain/method.ts';
import type { NoDraftReason, Round } from '#shared/domain/round.ts';
import type { RunSummary, Turn } from '#shared/domain/run.ts';
import { acceptanceRate, decodeMs, mat, tokensPerSecond } from '#shared/metrics/totals.ts';

const fixed = (value: number | null, digits: number, unit = ''): string =>
  value === null ? '-' : `${value.toFixed(digits)}${unit}`;
const seconds = (ms: number): string => fixed(ms / 1000, 2, ' s');

const endWords: Readonly<Record<NonNullable<Turn['endedBy']> | 'none', string>> = {
  'end-of-text': 'end of text',
  'max-tokens': '--max-tokens',
  'context-full': 'full context (--context)',
  stopped: 'stop',
  none: 'the end of the run',
};

/** Lines of `name  value  definition`, and a warning where nothing was drafted at all. */
export function report(summary: RunSummary, turns: readonly Turn[], rounds: readonly Round[]): string {
  const { totals, spec, fingerprint } = summary;
  const rate = acceptanceRate(totals);
  const lines: [string, string, string][] = [
    ['run', summary.id, `${summary.status}${summary.reason === null ? '' : `: ${summary.reason}`}`],
    ['method', methodLabel(spec.method), `gate ${gateLabel(spec.gate)}`],
    [
      'ended by',
      turns.map(({ endedBy }) => endWords[endedBy ?? 'none']).join(', ') || '-',
      'why each answer ended',
    ],
    ['new tokens', String(totals.newTokens), `in ${totals.rounds} rounds (target passes)`],
    ['MAT', fixed(mat(totals), 2), "new tokens per round, the target's own token counted; plain decoding: 1"],
    [
      'acceptance',
      rate === null ? '-' : `${(rate * 100).toFixed(1)} %`,
      `accepted / drafted tokens: ${totals.accepted} / ${totals.drafted}`,
    ],
    [
      'speed',
      fixed(tokensPerSecond(totals), 1, ' tok/s'),
      'new tokens per second of decoding, prompt work excluded',
    ],
    [
      'decoding',
      seconds(decodeMs(totals)),
      `draft ${seconds(totals.draftMs)}, verify ${seconds(totals.verifyMs)}, capture ${seconds(totals.captureMs)}, other ${seconds(totals.otherMs)}`,
    ],
    [
      'prompt',
      seconds(totals.prefillMs),
      'tokenising, image encoding and evaluation by target and draft, all turns',
    ],
    ['skipped', String(totals.skipped), 'rounds in which the gate forbade drafting'],
    ...scoreCost(summary),
    ['not drafted', String(totals.rounds - totals.draftRounds), `rounds without a draft${reasons(rounds)}`],
  ];
  if (fingerprint !== null) {
    lines.push(['target', fingerprint.models.find(({ role }) => role === 'target')?.name ?? '-', '']);
    lines.push([
      'device',
      fingerprint.device,
      `${fingerprint.variant}, ${fingerprint.gpuLayers} layers on the GPU`,
    ]);
  }
  const [names, values] = [0, 1].map((c) => Math.max(...lines.map((line) => line[c]?.length ?? 0)));
  const text = lines.map(([name, value, meaning]) =>
    `${name.padEnd(names ?? 0)}  ${value.padEnd(values ?? 0)}  ${meaning}`.trimEnd(),
  );
  return `${[...text, ...warning(summary, rounds)].join('\n')}\n`;
}

/** What reading the score costs, where attention was read. */
function scoreCost({ totals }: RunSummary): [string, string, string][] {
  if (totals.captureMs === 0) return [];
  const share = (totals.captureMs / decodeMs(totals)) * 100;
  return [
    [
      'score cost',
      fixed(totals.captureMs / totals.rounds, 3, ' ms/round'),
      `reading attention (of all captured layers), ${share.toFixed(1)} % of decoding`,
    ],
  ];
}

function countReasons(rounds: readonly Round[]): Map<NoDraftReason, number> {
  const counts = new Map<NoDraftReason, number>();
  for (const { noDraft } of rounds) if (noDraft !== null) counts.set(noDraft, (counts.get(noDraft) ?? 0) + 1);
  return counts;
}

function reasons(rounds: readonly Round[]): string {
  const counts = [...countReasons(rounds)].map(([reason, count]) => `${reasonWords(reason)} ${count}`);
  return counts.length === 0 ? '' : `: ${counts.join(', ')}`;
}

/** The worst fault is silence: a speculative run that never drafted says so. */
function warning({ spec, totals }: RunSummary, rounds: readonly Round[]): string[] {
  if (spec.method.name === 'ar' || totals.draftRounds > 0 || totals.rounds === 0) return [];
  return [`Nothing was drafted in this run${reasons(rounds)}. It ran as plain decoding.`];
}

/** Why a round drafted nothing, in few words. */
function reasonWords(reason: NoDraftReason): string {
  switch (reason) {
    case 'prefill':
      return 'first token of a turn';
    case 'method':
      return 'the method never drafts';
    case 'gate':
      return 'forbidden by the gate';
    case 'no-match':
      return 'no match found';
    case 'last-token':
      return 'one token left';
    case 'draft-context-full':
      return 'context of the draft full';
    case 'fork':
      return 'token fixed by the fork';
    default:
      return assertNever(reason);
  }
}
