/** From recorded runs to what the metrics are computed from. */
import type { RunDetail } from '#shared/contract/calls.ts';
import { required } from '#shared/domain/assert.ts';
import type { ReferenceAnswer } from '#shared/domain/reference.ts';
import type { AnswerToken } from '#shared/domain/token.ts';
import { judgedDepth } from '#shared/metrics/acceptance.ts';
import { type KnownWord, knownWords } from '#shared/metrics/image-words.ts';
import type { ObservedTurn } from '#shared/metrics/observation.ts';

/** The turns of a run that is done. @param references one per turn, or none */
export function observedTurns(
  run: RunDetail,
  repeat: number,
  references: readonly ReferenceAnswer[],
): ObservedTurn[] {
  const { summary, turns, rounds, tokens } = run;
  const pieces = piecesOf(run);
  const lastOrigins = new Map(tokens.map(({ round, origin }) => [round, origin]));
  return turns.map(({ index, prefillMs }) => {
    const own = tokens.filter(({ turn }) => turn === index);
    const words = wordsOf(own, pieces, references[index]);
    return {
      sampleId: summary.spec.sampleId,
      topic: summary.topic,
      turn: index,
      repeat,
      prompt: prefillMs,
      rounds: rounds
        .filter(({ turn }) => turn === index)
        .map((round) => ({
          ...round,
          judged: judgedDepth(
            round.accepted,
            required(lastOrigins.get(round.index), `a token of round ${round.index}`),
          ),
        })),
      tokens: own.map(({ id, margin, origin }, i) => ({ id, margin, origin, word: words[i] ?? null })),
    };
  });
}

/** The answers as they are told: without the token that ended the text, and trimmed. One per turn. */
export function answersOf(run: RunDetail): string[] {
  const pieces = piecesOf(run);
  return run.turns.map(({ index, endedBy }) => {
    const own = run.tokens.filter(({ turn }) => turn === index);
    const kept = endedBy === 'end-of-text' ? own.slice(0, -1) : own;
    return textOf(kept, pieces).trim();
  });
}

type Pieces = ReadonlyMap<number, Uint8Array>;

const piecesOf = (run: RunDetail): Pieces =>
  new Map(run.pieces.map(({ id, bytes }) => [id, Buffer.from(bytes, 'base64')]));

const bytesOf = (id: number, pieces: Pieces): Uint8Array =>
  required(pieces.get(id), `the bytes of token ${id}`);

const textOf = (tokens: readonly AnswerToken[], pieces: Pieces): string =>
  new TextDecoder().decode(Buffer.concat(tokens.map(({ id }) => bytesOf(id, pieces))));

/** The kind of word that each token has a part of: an image-dependent one before another one. */
function wordsOf(
  tokens: readonly AnswerToken[],
  pieces: Pieces,
  reference: ReferenceAnswer | undefined,
): ('image' | 'other' | null)[] {
  if (reference === undefined) return [];
  const text = textOf(tokens, pieces);
  const known = knownWords(reference, text).map((word) => inBytes(text, word));
  let at = 0;
  return tokens.map(({ id }) => {
    const start = at;
    at += bytesOf(id, pieces).length;
    const inside = known.filter((word) => word.start < at && start < word.end);
    return inside.length === 0 ? null : inside.some(({ image }) => image) ? 'image' : 'other';
  });
}

/** Tokens are made of bytes of UTF-8. */
const inBytes = (text: string, { start, end, image }: KnownWord): KnownWord => ({
  start: Buffer.byteLength(text.slice(0, start)),
  end: Buffer.byteLength(text.slice(0, end)),
  image,
});
