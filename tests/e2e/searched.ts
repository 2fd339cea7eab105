/**
 * Runs that have what tests need. What a model answers, where its gate strikes and what its draft gets right is not
 * known beforehand, so samples and settings are tried until a run has all of it.
 */
import { type TokenOrigin, tokenOrigins } from '../../src-shared/domain/token.ts';
import type { NodeFate } from '../../src-shared/domain/tree.ts';
import { type Recorded, recorded } from './recorded.ts';
import type { TestServer } from './server.ts';

/** What a run must have, by the words that tell of its absence. */
export type Needs = Readonly<Record<string, (run: Recorded) => boolean>>;

/** Options of `specula run`. */
export type Command = readonly string[];

/**
 * Records one run after the other until one has everything.
 * @param next a second command to try on the strength of the first one's run; null: that run itself is looked at
 * @throws when none has, with what each one lacked
 */
export async function recordUntil(
  server: TestServer,
  commands: readonly Command[],
  needs: Needs,
  next: (command: Command, run: Recorded) => Command | null = () => null,
): Promise<string> {
  const tried: string[] = [];
  for (const command of commands) {
    const first = await server.record(...command);
    const second = next(command, recorded(server.home, first));
    const id = second === null ? first : await server.record(...second);
    const run = recorded(server.home, id);
    const missing = Object.keys(needs).filter((what) => needs[what]?.(run) !== true);
    if (missing.length === 0) return id;
    tried.push(`${(second ?? command).join(' ')}: without ${missing.join(', ')}`);
  }
  throw new Error(`No run has all that the tests need:\n${tried.join('\n')}`);
}

/** One command per sample and threshold of the gate, the thresholds in turn. */
export function gated(samples: readonly string[], ...options: string[]): Command[] {
  return ['0.35', '0.25', '0.15'].flatMap((threshold) =>
    samples.map((sample) => ['--sample', sample, '--gate', 'paper', '--threshold', threshold, ...options]),
  );
}

/** First round whose tree has nodes of all these fates, or -1. */
export function roundWith(run: Recorded, ...fates: NodeFate[]): number {
  return run.details.findIndex(({ tree }) => fates.every((fate) => tree.fates.includes(fate)));
}

/** An accepted token that was read at the root of its round's tree and is followed by another one, or -1. */
export function acceptedAtRoot({ tokens }: Recorded): number {
  return tokens.findIndex(
    ({ origin, rowNode, round }, at) =>
      origin === 'accepted' && rowNode === 0 && tokens[at + 1]?.round === round,
  );
}

/** What the tests of Inspect look at in a run with a tree, the gate, and attention of all layers. */
export const treeNeeds: Needs = {
  'a picture that is not square': ({ turns }) => {
    const image = turns[0]?.image ?? null;
    return image !== null && image.width !== image.height;
  },
  'a round that was skipped by the gate': ({ rounds }) => rounds.some(({ gate }) => gate.skipped),
  'a round with accepted, refused, unreached and cut nodes': (run) =>
    roundWith(run, 'accepted', 'not-chosen', 'parent-refused', 'cut-budget') >= 0,
  'a round with two accepted nodes': ({ details }) =>
    details.some(({ tree }) => tree.fates.filter((fate) => fate === 'accepted').length >= 2),
  'an accepted token at a root': (run) => acceptedAtRoot(run) >= 0,
  // few enough that every round has a column of its own on the timeline
  '10 to 40 rounds': ({ rounds }) => rounds.length >= 10 && rounds.length <= 40,
  'more than 20 tokens': ({ tokens }) => tokens.length > 20,
  'an end by itself': ({ turns }) => turns.every(({ endedBy }) => endedBy === 'end-of-text'),
};

/** Tokens of all origins. */
export const originNeeds: Needs = Object.fromEntries(
  tokenOrigins.map((origin) => [
    `a token of origin ${origin}`,
    ({ tokens }: Recorded) => tokens.some((token) => token.origin === origin),
  ]),
);

/**
 * Where a run has to be cut so that all origins occur: one token is left for a round that would have drafted, which is
 * then decoded plainly. Null when the run never comes to that.
 */
export function cutForPlain({ rounds, tokens }: Recorded): number | null {
  const seen = new Set<TokenOrigin>();
  let before = 0;
  for (const { index, noDraft } of rounds) {
    if (noDraft === null && tokenOrigins.every((origin) => origin === 'plain' || seen.has(origin)))
      return before + 1;
    for (const token of tokens.filter(({ round }) => round === index)) {
      seen.add(token.origin);
      before += 1;
    }
  }
  return null;
}
