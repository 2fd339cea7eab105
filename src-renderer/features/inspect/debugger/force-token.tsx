import { useState } from 'react';
import { useTokenize } from '../../../api/queries.ts';
import { Button } from '../../../ui/button.tsx';
import { TextField } from '../../../ui/text-field.tsx';
import { type RunView, tokenSpan } from '../model/run-view.ts';
import { tokenLabel, withPieces } from '../model/vocabulary.ts';
import type { ReasonContext } from '../words/node-reason.ts';
import { probability } from '../words/numbers.ts';
import css from './debugger.module.css';
import type { Debugger } from './use-debugger.ts';

interface Props {
  readonly view: RunView;
  readonly round: number;
  /** place of the selected token over the run */
  readonly token: number;
  readonly context: ReasonContext;
  readonly debug: Debugger;
}

/** Another token in place of the selected one: one of the target's most likely, or any text that is one token. */
export function ForceToken({ view, round, token, context, debug }: Props) {
  const [text, setText] = useState('');
  const tokenize = useTokenize();
  const [first] = tokenSpan(view, round);
  const keep = token - first;
  const chosen = context.committed[keep];
  const top = chosen === undefined ? undefined : context.tree.targetTop[chosen.rowNode];
  if (chosen === undefined || top === undefined) return null;
  const force = (id: number) =>
    debug.fork({ round, step: true, change: {}, force: { keep, token: id }, questions: [] });
  const typed = tokenize.variables?.text === text ? tokenize.data : undefined;
  const look = () => {
    if (text !== '') tokenize.mutate({ runId: view.summary.id, text });
  };
  return (
    <section aria-label="Set a token">
      <h3 className={css.title}>
        Set another token in place of <code>{context.label(chosen.id)}</code>
      </h3>
      <ul className={css.choices}>
        {top.ids.map((id, i) => (
          <li key={id}>
            <button
              type="button"
              className={css.choice}
              disabled={!debug.canFork || debug.busy || id === chosen.id}
              onClick={() => force(id)}
            >
              <code>{context.label(id)}</code> <small>{probability(top.probs[i] ?? 0)}</small>
            </button>
          </li>
        ))}
      </ul>
      <form
        className={css.typed}
        onSubmit={(event) => {
          event.preventDefault();
          const [only] = typed ?? [];
          if (only !== undefined && typed?.length === 1) force(only.id);
          else look();
        }}
      >
        <TextField
          label="Text of one token"
          placeholder="or type it"
          value={text}
          onChange={setText}
          onBlur={look}
        />
        <Button type="submit" size="s" disabled={!debug.canFork || text === ''} busy={tokenize.isPending}>
          {typed?.length === 1 ? 'Set' : 'Look up'}
        </Button>
      </form>
      {typed !== undefined && (
        <p className={css.note} role="status">
          {typed.length === 1 ? 'One token: ' : `${typed.length} tokens, and only one can be set: `}
          {typed.map((piece, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a token may come twice
            <code key={i}>{tokenLabel(withPieces(new Map(), [piece]), piece.id)} </code>
          ))}
        </p>
      )}
      {tokenize.error !== null && (
        <p className={css.problem} role="alert">
          {tokenize.error.message}
        </p>
      )}
    </section>
  );
}
