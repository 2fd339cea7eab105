/** From recorded runs to what a what-if is computed from. */
import type { GateMode } from '../domain/gate.ts';
import type { MethodSpec } from '../domain/method.ts';
import type { Round } from '../domain/round.ts';
import type { Turn } from '../domain/run.ts';
import type { AnswerToken } from '../domain/token.ts';
import { roundMs } from './totals.ts';
import type { Costs, Root, Roots, RoundCost } from './what-if.ts';

/** What is read of a recorded run. */
export interface RecordedRun {
  readonly gate: GateMode;
  readonly turns: readonly Pick<Turn, 'index' | 'endedBy'>[];
  readonly rounds: readonly Round[];
  readonly tokens: readonly Pick<AnswerToken, 'turn' | 'index' | 'id' | 'score'>[];
}

/** A run, and a survey of the same answer by the same method; null: none was made. */
export interface Surveyed {
  readonly run: RecordedRun;
  readonly survey: RecordedRun | null;
}

/**
 * Whether a method's draft depends on prompt and answer so far alone. Token Recycling learns from every verified row and a
 * shared Lookahead trie from other samples, so at another threshold they would draft differently: a what-if of theirs is
 * an estimate even with a survey. (Models and heads draft from the text alone too, but for rounding at near-ties.)
 */
export function draftsFromText(method: MethodSpec): boolean {
  return method.name !== 'recycling' && !(method.name === 'lookahead' && method.shared);
}

/** Whether a survey has the same answers, token by token. */
export function sameAnswers(a: RecordedRun, b: RecordedRun): boolean {
  const key = ({ turn, index, id }: RecordedRun['tokens'][number]): string => `${turn}:${index}:${id}`;
  return (
    a.tokens.length === b.tokens.length &&
    a.tokens.every((token, i) => key(token) === key(b.tokens[i] ?? token))
  );
}

type Outcome = Pick<Root, 'kind' | 'accepted'>;

/** What a round says about drafting at its root; null: nothing, as the gate kept it from being known. */
function outcomeOf({ noDraft, accepted, gate }: Round): Outcome | null {
  switch (noDraft) {
    case null:
      return { kind: 'drafted', accepted: gate.forgone ?? accepted };
    case 'gate':
      return gate.forgone === null ? null : { kind: 'drafted', accepted: gate.forgone };
    case 'no-match':
    case 'draft-context-full':
      return { kind: 'undrafted', accepted: 0 };
    case 'last-token':
      return { kind: 'closed', accepted: 0 };
    case 'prefill':
    case 'method':
    case 'fork':
      return null;
  }
}

/** Outcomes by turn and index of the root. */
function outcomes(run: RecordedRun): Map<string, Outcome> {
  const found = new Map<string, Outcome>();
  for (const round of run.rounds) {
    const outcome = outcomeOf(round);
    if (outcome !== null) found.set(`${round.turn}:${round.firstToken - 1}`, outcome);
  }
  return found;
}

/**
 * The roots of every finished turn. What a draft at a token is worth comes from the run where it drafted there, else from
 * the survey. Without one it is assumed: what is left of the accepted path the token lies on, otherwise nothing.
 */
export function rootsOf({ run, survey }: Surveyed): Roots[] {
  const own = outcomes(run);
  const surveyed = survey !== null && sameAnswers(run, survey) ? outcomes(survey) : null;
  return run.turns.flatMap(({ index: turn, endedBy }) => {
    if (endedBy === null || endedBy === 'stopped') return [];
    const tokens = run.tokens.filter((token) => token.turn === turn);
    /** the last answer index that an accepted path reaches */
    let reached = -1;
    const roots = tokens.slice(0, -1).map(({ index, score }): Root => {
      const left = tokens.length - 2 - index;
      const known = own.get(`${turn}:${index}`) ?? surveyed?.get(`${turn}:${index}`) ?? null;
      if (known !== null) {
        reached = Math.max(reached, index + known.accepted);
        return { score, ...known, assumed: false };
      }
      const closed = left === 0 && endedBy !== 'end-of-text';
      if (closed) return { score, kind: 'closed', accepted: 0, assumed: false };
      return {
        score,
        kind: 'drafted',
        accepted: Math.max(0, Math.min(left, reached - index)),
        assumed: true,
      };
    });
    return [roots];
  });
}

/** Mean costs of the kinds of rounds, over all runs and surveys together. What a survey only looked at is in no time. */
export function costsOf(runs: readonly Surveyed[]): Costs {
  const drafted: Round[] = [];
  const undrafted: Round[] = [];
  const plain: Round[] = [];
  let prefill = 0;
  for (const { run, survey } of runs) {
    for (const round of run.rounds) if (round.noDraft === 'prefill') prefill += roundMs(round.ms);
    for (const { gate, rounds } of survey === null ? [run] : [run, survey]) {
      for (const round of rounds) {
        if (round.noDraft === null) drafted.push(round);
        else if (round.noDraft === 'no-match' || round.noDraft === 'draft-context-full')
          undrafted.push(round);
        // MMSpec's gate drafts before it skips.
        else if (round.noDraft === 'last-token' || (round.noDraft === 'gate' && gate !== 'mmspec'))
          plain.push(round);
      }
    }
  }
  return { drafted: meanCost(drafted), undrafted: meanCost(undrafted), plain: meanCost(plain), prefill };
}

function meanCost(rounds: readonly Round[]): RoundCost | null {
  if (rounds.length === 0) return null;
  const score = rounds.reduce((sum, { ms }) => sum + ms.capture, 0);
  const all = rounds.reduce((sum, { ms }) => sum + roundMs(ms), 0);
  return { rounds: rounds.length, ms: (all - score) / rounds.length, scoreMs: score / rounds.length };
}
