import type { ReactElement } from 'react';
import { Tooltip } from '../../../ui/tooltip.tsx';
import { type DefinitionName, definitions } from './definitions.ts';
import css from './words.module.css';

interface Props {
  readonly name: DefinitionName;
  /** one element that takes a ref and event handlers */
  readonly children: ReactElement<Record<string, unknown>>;
}

/** Gives a number on the screen its definition and source as a tooltip. */
export function Definition({ name, children }: Props) {
  const d = definitions[name];
  return (
    <Tooltip
      content={
        <span className={css.definition}>
          <b>{d.name}</b>
          <span>{d.text}</span>
          <i>Source: {d.source}</i>
        </span>
      }
    >
      {children}
    </Tooltip>
  );
}
