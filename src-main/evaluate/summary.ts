/** Counts over the turns of an evaluation. */
import { wilson } from '#shared/metrics/statistics.ts';
import type { TurnScore } from './score.ts';

export interface Tally {
  readonly samples: number;
  readonly turns: number;
  readonly exact: number;
  /** turns that the judge could judge, and how many of them are right */
  readonly judged: number;
  readonly right: number;
  /** 95 % confidence interval of right / judged (Wilson); null when nothing was judged */
  readonly interval: readonly [number, number] | null;
  /** null without turns */
  readonly meanTokens: number | null;
}

export interface Summary {
  readonly overall: Tally;
  /** in the order in which they come first */
  readonly topics: readonly (Tally & { readonly topic: string })[];
  /** of the turns that name one, by name */
  readonly skills: readonly (Tally & { readonly skill: string })[];
  /** words of the references that cannot be known without the picture, and how many of them the answers have in order */
  readonly imageWords: { readonly right: number; readonly of: number };
}

export function summarise(turns: readonly TurnScore[]): Summary {
  const skilled = turns.filter(({ skill }) => skill !== null);
  const skills = [...groups(skilled, ({ skill }) => skill ?? '')].sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    overall: tally(turns),
    topics: [...groups(turns, (turn) => turn.topic)].map(([topic, own]) => ({ topic, ...tally(own) })),
    skills: skills.map(([skill, own]) => ({ skill, ...tally(own) })),
    imageWords: {
      right: sum(turns, ({ imageWords }) => imageWords.right),
      of: sum(turns, ({ imageWords }) => imageWords.of),
    },
  };
}

function tally(turns: readonly TurnScore[]): Tally {
  const judged = turns.filter((turn) => turn.right !== null);
  const right = judged.filter((turn) => turn.right).length;
  return {
    samples: new Set(turns.map((turn) => turn.sampleId)).size,
    turns: turns.length,
    exact: turns.filter((turn) => turn.exact).length,
    judged: judged.length,
    right,
    interval: wilson(right, judged.length),
    meanTokens: turns.length === 0 ? null : sum(turns, (turn) => turn.tokens) / turns.length,
  };
}

function groups(turns: readonly TurnScore[], keyOf: (turn: TurnScore) => string): Map<string, TurnScore[]> {
  return Map.groupBy(turns, keyOf);
}

const sum = (turns: readonly TurnScore[], of: (turn: TurnScore) => number): number =>
  turns.reduce((total, turn) => total + of(turn), 0);
