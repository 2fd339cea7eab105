/** ViSkip's threshold for a method, fitted on samples other than those that are measured. */
import type { MethodSpec } from '../../../src-shared/domain/method.ts';
import type { Round } from '../../../src-shared/domain/round.ts';
import { type RoundCost, whatIf } from '../../../src-shared/metrics/what-if.ts';
import { costsOf, rootsOf, type Surveyed } from '../../../src-shared/metrics/what-if-runs.ts';
import type { BenchPrompt } from '../prompts.ts';
import type { Measuring } from './measuring.ts';

const probe = { mode: 'probe', threshold: 1 } as const;

/** What a token costs that is decoded plainly while the score is read. */
export async function plainCost(measuring: Measuring, prompts: readonly BenchPrompt[]): Promise<RoundCost> {
  const rounds: Round[] = [];
  for (const prompt of prompts) {
    const run = await measuring.decode({ name: 'ar' }, probe, null, prompt);
    rounds.push(...run.rounds.slice(1));
  }
  const mean = (value: (round: Round) => number): number =>
    rounds.reduce((sum, round) => sum + value(round), 0) / rounds.length;
  return {
    rounds: rounds.length,
    ms: mean(({ ms }) => ms.draft + ms.verify + ms.other),
    scoreMs: mean(({ ms }) => ms.capture),
  };
}

/**
 * The threshold with the least estimated time, from probe runs alone; null: skipping nowhere and reading no score is best.
 * (`specula calibrate` makes surveys too, for which a target of this size is too slow.)
 */
export async function fittedThreshold(
  measuring: Measuring,
  method: MethodSpec,
  head: string | null,
  prompts: readonly BenchPrompt[],
  plain: RoundCost,
): Promise<number | null> {
  const runs: Surveyed[] = [];
  for (const prompt of prompts) {
    runs.push({ run: await measuring.decode(method, probe, head, prompt), survey: null });
  }
  const { best } = whatIf(runs.flatMap(rootsOf), { ...costsOf(runs), plain });
  return best !== null && best.ratio !== null && best.ratio < 1 ? best.threshold : null;
}
