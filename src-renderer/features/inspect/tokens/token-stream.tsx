import { type PointerEvent, useEffect, useMemo, useRef, useState } from 'react';
import type { RunView } from '../model/run-view.ts';
import type { Resolved } from '../model/selection.ts';
import { chunksOf, type TurnChunks } from './chunks.ts';
import { TokenCard } from './token-card.tsx';
import { TokenChunk } from './token-chunk.tsx';
import css from './tokens.module.css';

interface Props {
  readonly view: RunView;
  readonly at: Resolved;
  readonly onSelect: (token: number) => void;
}

function tokenUnder(target: EventTarget): HTMLElement | null {
  return target instanceof Element ? target.closest<HTMLElement>('[data-token]') : null;
}

interface Hover {
  readonly token: number;
  readonly rect: DOMRect;
}

/** The answer as tokens, turn by turn under the user's questions. */
export function TokenStream({ view, at, onSelect }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const previous = useRef<readonly TurnChunks[]>([]);
  const [hover, setHover] = useState<Hover | null>(null);
  const answers = useMemo(() => {
    previous.current = chunksOf(view, previous.current);
    return previous.current;
  }, [view]);
  const turns = useMemo(() => {
    const indices = new Set([...view.turns.map((t) => t.index), ...answers.map((a) => a.turn)]);
    return [...indices].sort((a, b) => a - b);
  }, [view.turns, answers]);

  // Keeps the selected token in sight, whoever selected it.
  useEffect(() => {
    if (at.token === null) return;
    box.current?.querySelector(`[data-token="${at.token}"]`)?.scrollIntoView({ block: 'nearest' });
  }, [at.token]);

  const onPointerOver = (event: PointerEvent) => {
    const element = tokenUnder(event.target);
    const token = Number(element?.dataset.token);
    setHover(
      element === null
        ? null
        : { token, rect: element.getClientRects()[0] ?? element.getBoundingClientRect() },
    );
  };

  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: arrow keys select tokens on the whole screen
    // biome-ignore lint/a11y/noStaticElementInteractions: one handler for thousands of tokens
    <div
      ref={box}
      className={css.stream}
      onPointerOver={onPointerOver}
      onPointerLeave={() => setHover(null)}
      onScroll={() => setHover(null)}
      onClick={(event) => {
        const element = tokenUnder(event.target);
        if (element !== null && String(getSelection()) === '') onSelect(Number(element.dataset.token));
      }}
    >
      {turns.map((index) => {
        const turn = view.turns.find((t) => t.index === index);
        const answer = answers.find((a) => a.turn === index);
        return (
          <article key={index} className={css.turn}>
            <p className={css.question}>
              <span className={css.who}>{turns.length > 1 ? `Turn ${index + 1}` : 'User'}</span>
              {turn?.user ?? ''}
            </p>
            <div className={css.answer}>
              {answer?.chunks.map((chunk) => (
                <TokenChunk
                  key={chunk.from}
                  chunk={chunk}
                  token={within(chunk.from, chunk.tokens.length, at.token) ? at.token : null}
                  round={chunk.tokens.some((t) => t.round === at.round) ? at.round : null}
                />
              ))}
              {turn !== undefined && turn.endedBy !== null && (
                <span className={css.end}>{endWords[turn.endedBy]}</span>
              )}
            </div>
          </article>
        );
      })}
      {hover !== null && <TokenCard view={view} token={hover.token} rect={hover.rect} />}
    </div>
  );
}

const endWords = {
  'end-of-text': 'end of text',
  'max-tokens': 'token limit reached',
  'context-full': 'context full',
  stopped: 'stopped here',
} as const;

function within(from: number, length: number, token: number | null): boolean {
  return token !== null && token >= from && token < from + length;
}
