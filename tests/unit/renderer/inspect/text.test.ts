import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hexOf } from '../../../../src-renderer/features/inspect/model/bytes.ts';
import { joinBytes } from '../../../../src-renderer/features/inspect/model/join-bytes.ts';
import { tokenTexts } from '../../../../src-renderer/features/inspect/model/token-rows.ts';
import { isBlank, visibleText } from '../../../../src-renderer/features/inspect/model/visible-text.ts';
import { tokenLabel, withPieces } from '../../../../src-renderer/features/inspect/model/vocabulary.ts';
import { token } from './a-run.ts';

const utf8 = (text: string) => new TextEncoder().encode(text);

describe('joinBytes', () => {
  it('gives a character spread over tokens to the token that completes it', () => {
    const [a, b, c] = [utf8('x你').slice(0, 2), utf8('x你').slice(2, 3), utf8('x你').slice(3)];
    expect(joinBytes([a, b, c])).toEqual([
      { text: 'x', kind: 'whole' },
      { text: '', kind: 'part' },
      { text: '你', kind: 'completes' },
    ]);
  });

  it('blames the token that left a character open, not the one after it', () => {
    const joined = joinBytes([utf8('x'), Uint8Array.of(0xe4), utf8(' b'), Uint8Array.of(0x80)]);
    expect(joined).toEqual([
      { text: 'x', kind: 'whole' },
      { text: '\uFFFD', kind: 'broken' },
      { text: ' b', kind: 'whole' },
      { text: '\uFFFD', kind: 'broken' },
    ]);
  });

  it('decodes any bytes like one text, however they are cut', () => {
    const bytes = fc.array(
      fc.oneof(fc.nat({ max: 255 }), fc.constantFrom(0xe4, 0xbd, 0xa0, 0xf0, 0x9f, 0x41)),
    );
    fc.assert(
      fc.property(fc.array(bytes), (pieces) => {
        const joined = joinBytes(pieces.map((piece) => Uint8Array.from(piece)));
        const whole = new TextDecoder('utf-8', { ignoreBOM: true }).decode(Uint8Array.from(pieces.flat()), {
          stream: true,
        });
        expect(joined.map((j) => j.text).join('')).toBe(whole);
      }),
      { numRuns: 2000 },
    );
  });

  it('yields the text again however its bytes are cut', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.array(fc.nat({ max: 5 })), (text, cuts) => {
        const bytes = utf8(text);
        const pieces: Uint8Array[] = [];
        let at = 0;
        for (const cut of cuts) {
          pieces.push(bytes.slice(at, at + cut));
          at = Math.min(bytes.length, at + cut);
        }
        pieces.push(bytes.slice(at));
        const joined = joinBytes(pieces);
        expect(joined.map((j) => j.text).join('')).toBe(
          new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes),
        );
        expect(joined).toHaveLength(pieces.length);
      }),
    );
  });
});

describe('visibleText', () => {
  it('marks spaces, breaks and control characters', () => {
    expect(visibleText(' red\n\t\u0000\u007f')).toBe('␣red↵⇥␀␡');
  });

  it('knows what would be invisible', () => {
    expect([' ', '\n\n', '\u0007', '\u00a0'].map(isBlank)).toEqual([true, true, true, true]);
    expect(['', 'a', ' a'].map(isBlank)).toEqual([false, false, false]);
  });
});

describe('tokens as text', () => {
  const vocabulary = withPieces(new Map(), [
    { id: 1, bytes: btoa('Hi') },
    { id: 2, bytes: btoa('\n') },
    { id: 3, bytes: btoa('\xe4\xbd') },
    { id: 4, bytes: btoa('\xa0') },
    { id: 5, bytes: '' },
  ]);

  it('labels single tokens in visible characters', () => {
    expect([1, 2, 3, 5, 9].map((id) => tokenLabel(vocabulary, id))).toEqual([
      'Hi',
      '↵',
      '⟨E4 BD⟩',
      '⟨#5⟩',
      '⟨#9⟩',
    ]);
  });

  it('keeps the answer exact and adds marks that are not part of it', () => {
    const tokens = [1, 2, 3, 4, 5].map((id) => token({ id, round: 0, origin: 'plain' }));
    const texts = tokenTexts(tokens, vocabulary);
    expect(texts.map((t) => t.text).join('')).toBe('Hi\n你');
    expect(texts.map((t) => t.kind)).toEqual(['text', 'blank', 'part', 'text', 'control']);
    expect(texts.map((t) => t.mark)).toEqual(['', '↵', '·', '', '⟨#5⟩']);
  });

  it('writes hexadecimal', () => {
    expect(hexOf(utf8('你'))).toBe('E4 BD A0');
  });
});
