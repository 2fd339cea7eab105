import { ChevronDown, ChevronUp, X } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { plural } from '../../../ui/format.ts';
import { IconButton } from '../../../ui/icon-button.tsx';
import { TextField } from '../../../ui/text-field.tsx';
import css from './tokens.module.css';

interface Props {
  readonly query: string;
  readonly matches: number;
  /** 0-based, -1 before the first */
  readonly current: number;
  /** takes the focus when it appears */
  readonly focus: boolean;
  readonly onQuery: (query: string) => void;
  readonly onGo: (match: number) => void;
  readonly onClose: () => void;
}

/** Searches the answer. Enter goes on, Shift+Enter back, Escape closes. */
export function SearchBar({ query, matches, current, focus, onQuery, onGo, onClose }: Props) {
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (focus) field.current?.select();
  }, [focus]);
  const count =
    query === ''
      ? ''
      : matches === 0
        ? 'not found'
        : current < 0
          ? plural(matches, 'match', 'matches')
          : `${current + 1} of ${matches}`;
  return (
    <search className={css.toolBar} aria-label="Search the answer">
      <TextField
        ref={field}
        className={css.searchField}
        label="Search the answer"
        placeholder="Search the answer"
        value={query}
        onChange={onQuery}
        onKeyDown={(event) => {
          if (event.key === 'Enter') onGo(current + (event.shiftKey ? -1 : 1));
          else if (event.key === 'Escape') onClose();
          else return;
          event.preventDefault();
          event.stopPropagation();
        }}
      />
      <output className={css.count}>{count}</output>
      <IconButton label="Previous match" size="s" disabled={matches === 0} onClick={() => onGo(current - 1)}>
        <ChevronUp />
      </IconButton>
      <IconButton label="Next match" size="s" disabled={matches === 0} onClick={() => onGo(current + 1)}>
        <ChevronDown />
      </IconButton>
      <IconButton label="Close the search" size="s" onClick={onClose}>
        <X />
      </IconButton>
    </search>
  );
}
