import { CircleHelp } from 'lucide-react';
import { NodeMark } from '../../../charts/tree/node-mark.tsx';
import type { NodeLook } from '../../../charts/tree/nodes.ts';
import { Button } from '../../../ui/button.tsx';
import { Popover } from '../../../ui/popover.tsx';
import css from './tree.module.css';

const looks: readonly (readonly [NodeLook, string])[] = [
  ['accepted', 'accepted: part of the answer'],
  ['refused', 'refused: the target put another token there'],
  ['unreached', 'an ancestor was refused, so it never counted'],
  ['ended', 'right or not, it could not count: the answer ended before it, or the gate gave it up'],
  ['cut', 'cut by the node budget or the gate, never verified'],
  ['correction', "correction: the target's own token after a refusal"],
  ['bonus', "bonus: the target's own token after a full accept"],
  ['forced', 'decoded plainly because the gate forbade drafting'],
];

/** What the marks and numbers of the tree mean. */
export function TreeLegend() {
  return (
    <Popover
      title="Reading the tree"
      align="end"
      trigger={
        <Button size="s" variant="ghost" icon={<CircleHelp />}>
          q draft, p target, # rank
        </Button>
      }
    >
      <ul className={css.legend}>
        {looks.map(([look, text]) => (
          <li key={look}>
            <NodeMark look={look} /> {text}
          </li>
        ))}
      </ul>
      <p className={css.legendText}>
        q is the draft's probability of a token after its parent, p the target's, # its rank for the target; 1
        is the most likely. The filled disc's area is q, the ring's is p, the dotted circle is 1. Columns are
        depths; the wide line is the accepted path. Arrow keys walk, the space bar folds a branch, f fits the
        tree, Escape leaves it.
      </p>
    </Popover>
  );
}
