import { Plus, Trash2 } from 'lucide-react';
import {
  type BreakCondition,
  type Breakpoint,
  breakDefaults,
  breakLabel,
} from '#shared/domain/breakpoint.ts';
import { Button } from '../../../ui/button.tsx';
import { Checkbox } from '../../../ui/checkbox.tsx';
import { IconButton } from '../../../ui/icon-button.tsx';
import { Menu } from '../../../ui/menu.tsx';
import { ConditionFields } from './condition-fields.tsx';
import css from './debugger.module.css';
import { useBreakpoints } from './use-breakpoints.ts';

const names: Readonly<Record<BreakCondition['kind'], string>> = {
  accepted: 'Accepted tokens',
  text: 'Text of the answer',
  'p-target': 'p target below',
  'draft-rank': 'Rank of the draft token above',
  gate: 'Gate hit or near miss',
  score: 'Score r at least',
  differs: 'First difference from plain decoding',
  round: 'Round',
  'turn-end': 'End of a turn',
};

/** The breakpoints, each with a switch; `hit` is the one that the run waits at. */
export function BreakpointList({ hit }: { readonly hit: string | null }) {
  const { breakpoints, add } = useBreakpoints();
  return (
    <section aria-label="Breakpoints">
      <header className={css.head}>
        <h3 className={css.title}>Breakpoints</h3>
        <Menu
          align="end"
          trigger={
            <Button size="s" icon={<Plus />}>
              Add
            </Button>
          }
          items={breakDefaults.map((when) => ({
            id: when.kind,
            label: names[when.kind],
            onSelect: () => add(when),
          }))}
        />
      </header>
      {breakpoints.length === 0 && (
        <p className={css.note}>None. A run goes on to its end, or until Pause.</p>
      )}
      <ul className={css.breakpoints}>
        {breakpoints.map((b) => (
          <Row key={b.id} breakpoint={b} hit={b.id === hit} />
        ))}
      </ul>
    </section>
  );
}

function Row({ breakpoint: b, hit }: { readonly breakpoint: Breakpoint; readonly hit: boolean }) {
  const { change, remove } = useBreakpoints();
  const label = breakLabel(b.when);
  return (
    <li className={css.breakpoint} data-hit={hit || undefined} data-off={!b.on || undefined}>
      <div className={css.row}>
        <Checkbox checked={b.on} label={label} onChange={(on) => change(b.id, { on })} />
        <span className={css.label}>{label}</span>
        <IconButton label={`Remove: ${label}`} size="s" onClick={() => remove(b.id)}>
          <Trash2 />
        </IconButton>
      </div>
      <div className={css.fields}>
        <ConditionFields when={b.when} onChange={(when) => change(b.id, { when })} />
      </div>
      {b.when.kind === 'differs' && (
        <p className={css.note}>
          Compares with the recorded plain run of the same sample, models, prompt and sampling; where there is
          none, it is made first. Under sampling a difference is chance, not a fault.
        </p>
      )}
    </li>
  );
}
