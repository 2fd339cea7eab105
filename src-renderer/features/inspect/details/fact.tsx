import { Definition } from '../words/definition.tsx';
import type { DefinitionName } from '../words/definitions.ts';
import css from './details.module.css';

interface Props {
  readonly name: DefinitionName;
  readonly label: string;
  readonly value: string;
  readonly note: string;
}

/** A number with its name; the definition is the tooltip. */
export function Fact({ name, label, value, note }: Props) {
  return (
    <Definition name={name}>
      <div className={css.fact}>
        <dt>{label}</dt>
        <dd>
          {value} {value !== '–' && <span>{note}</span>}
        </dd>
      </div>
    </Definition>
  );
}
