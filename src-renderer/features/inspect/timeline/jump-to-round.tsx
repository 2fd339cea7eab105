import { useRef, useState } from 'react';
import { useActions } from '../../../actions/use-actions.ts';
import { TextField } from '../../../ui/text-field.tsx';
import css from './timeline.module.css';

/** Number of a round to go to; Enter goes there. */
export function JumpToRound({
  rounds,
  onJump,
}: {
  readonly rounds: number;
  readonly onJump: (round: number) => void;
}) {
  const [text, setText] = useState('');
  const field = useRef<HTMLInputElement>(null);
  const last = Math.max(0, rounds - 1);
  useActions([
    {
      id: 'inspect.jump',
      label: 'Go to a round',
      group: 'Inspect',
      keys: ['j'],
      when: () => rounds > 0,
      run: () => field.current?.select(),
    },
  ]);
  return (
    <TextField
      ref={field}
      className={css.jump}
      label={`Go to round, 0 to ${last}`}
      placeholder="Go to round"
      inputMode="numeric"
      value={text}
      onChange={(next) => setText(next.replace(/\D/g, '').slice(0, 9))}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && text !== '') {
          onJump(Math.min(last, Number(text)));
          setText('');
          event.currentTarget.blur();
        } else if (event.key === 'Escape') event.currentTarget.blur();
        else return;
        event.preventDefault();
      }}
    />
  );
}
