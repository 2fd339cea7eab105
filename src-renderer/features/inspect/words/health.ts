import { readsScore } from '#shared/domain/gate.ts';
import { methodLabel } from '#shared/domain/method.ts';
import { isLive } from '#shared/domain/run.ts';
import { formatCount, formatPercent, plural } from '../../../ui/format.ts';
import type { RunView } from '../model/run-view.ts';
import { reasonWord } from './plain-reason.ts';

/** `silent`: speculation did nothing for this run, which must never pass unnoticed. */
export interface Health {
  readonly level: 'good' | 'note' | 'silent' | 'error';
  readonly text: string;
}

/** Rounds that drafted nothing by reason, most frequent first, prefill left out: "12 skipped by the gate, 3 no match". */
function undrafted(view: RunView): string {
  const counts = new Map<string, number>();
  for (const round of view.rounds) {
    if (round.noDraft === null || round.noDraft === 'prefill') continue;
    const word = reasonWord(round.noDraft);
    counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  return [...counts]
    .sort((a, b) => b[1] - a[1])
    .map(([word, n]) => `${formatCount(n)} ${word}`)
    .join(', ');
}

/** Remark on a gate that cannot act or acts on everything, or null. */
function gateHealth(view: RunView): Health | null {
  const { gate } = view.summary.spec;
  if (!readsScore(gate.mode) || view.rounds.length === 0) return null;
  if (view.rounds.every((round) => round.gate.score === null)) {
    const why = view.turns.every((turn) => turn.imageTokens === 0)
      ? 'there is no image in the prompt'
      : 'no attention was captured';
    return { level: 'silent', text: `The gate never had a score, because ${why}; it let every round pass` };
  }
  return null;
}

function draftHealth(view: RunView): Health {
  const { spec } = view.summary;
  const rounds = view.rounds.filter((round) => round.noDraft !== 'prefill').length;
  const drafted = view.rounds.reduce((sum, round) => sum + round.drafted, 0);
  const accepted = view.rounds.reduce((sum, round) => sum + round.accepted, 0);
  if (spec.method.name === 'ar') {
    return { level: 'note', text: 'Plain decoding: nothing is drafted, one token per round' };
  }
  if (rounds === 0) {
    return isLive(view.summary.status) || view.summary.status === 'stopped'
      ? { level: 'note', text: 'Nothing was drafted yet: the prefill chooses the first token' }
      : { level: 'silent', text: 'Nothing was drafted: the run has no round after the prefill' };
  }
  if (drafted === 0) {
    return {
      level: 'silent',
      text: `Nothing was drafted in ${plural(rounds, 'round')}: ${undrafted(view)}`,
    };
  }
  const drafting = view.rounds.filter((round) => round.drafted > 0).length;
  const without = undrafted(view);
  const rest = without === '' ? '' : `; without a draft: ${without}`;
  if (accepted === 0) {
    return {
      level: 'silent',
      text: `Drafted in ${plural(drafting, 'round')} and never accepted: ${methodLabel(spec.method)} costs time and gives nothing here${rest}`,
    };
  }
  const zero = view.rounds.filter((round) => round.drafted > 0 && round.accepted === 0).length;
  const none = zero === 0 ? '' : `, nothing accepted in ${formatCount(zero)} of them`;
  const rate = formatPercent(accepted / drafted);
  return {
    level: 'good',
    text: `Drafted in ${formatCount(drafting)} of ${formatCount(rounds)} rounds, ${rate} of the drafted tokens accepted${none}${rest}`,
  };
}

function failure(status: 'failed' | 'crashed', reason: string | null): string {
  const what = reason ?? `the run ${status} without a reason`;
  const sentence = `${what.charAt(0).toUpperCase()}${what.slice(1).replace(/\.$/, '')}.`;
  return status === 'crashed'
    ? `${sentence} The rounds until then are kept; press Run to try again.`
    : sentence;
}

/** What has to be said about a run in one or two sentences; the worst first. */
export function health(view: RunView): readonly Health[] {
  const out: Health[] = [];
  const { status, reason } = view.summary;
  if (status === 'failed' || status === 'crashed')
    out.push({ level: 'error', text: failure(status, reason) });
  const gate = gateHealth(view);
  if (gate !== null) out.push(gate);
  if (view.rounds.length > 0) out.push(draftHealth(view));
  return out;
}
