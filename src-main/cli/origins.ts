/** How the origin of a token looks in a terminal: a colour and, for whoever does not see it, a style. */
import { type TokenOrigin, tokenOrigins } from '#shared/domain/token.ts';
import type { Terminal } from './terminal.ts';

interface Look {
  /** SGR codes (ECMA-48) */
  readonly colour: number | null;
  readonly style: number | null;
  readonly words: string;
}

const looks: Readonly<Record<TokenOrigin, Look>> = {
  prefill: { colour: null, style: 2, words: 'faint' },
  accepted: { colour: 32, style: 4, words: 'green, underlined' },
  correction: { colour: 31, style: 7, words: 'red, reversed' },
  bonus: { colour: 36, style: 1, words: 'cyan, bold' },
  plain: { colour: null, style: null, words: 'plain' },
  'forced-plain': { colour: 33, style: 3, words: 'yellow, italic' },
  user: { colour: 35, style: 9, words: 'magenta, struck through' },
};

type Abilities = Pick<Terminal, 'styled' | 'coloured'>;

/** The text in the look of its origin. Line breaks are left out of it, so that no style runs to the edge. */
export function paint(text: string, origin: TokenOrigin, { styled, coloured }: Abilities): string {
  const { colour, style } = looks[origin];
  const codes = [
    ...(coloured && colour !== null ? [colour] : []),
    ...(styled && style !== null ? [style] : []),
  ];
  if (codes.length === 0) return text;
  return text.replace(/[^\n]+/g, (part) => `\u001b[${codes.join(';')}m${part}\u001b[0m`);
}

/** One line that explains the looks; empty where none is used. */
export function legend(abilities: Abilities): string {
  if (!abilities.styled) return '';
  return `${tokenOrigins.map((origin) => `${paint(origin, origin, abilities)} (${looks[origin].words})`).join('  ')}\n`;
}
