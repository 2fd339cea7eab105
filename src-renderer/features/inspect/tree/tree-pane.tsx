import { GitCompareArrows, Maximize2 } from 'lucide-react';
import { useCallback, useMemo, useState } from 'react';
import { useInspectSearch } from '../../../app/use-search-params.ts';
import { DraftTree } from '../../../charts/tree/draft-tree.tsx';
import { plural } from '../../../ui/format.ts';
import { IconButton } from '../../../ui/icon-button.tsx';
import { Panel } from '../../../ui/panel.tsx';
import { Switch } from '../../../ui/switch.tsx';
import { RoundSentence } from '../explain/round-sentence-line.tsx';
import type { RunView } from '../model/run-view.ts';
import { ownNode } from '../model/subject.ts';
import type { ReasonContext } from '../words/node-reason.ts';
import { originLooks } from '../words/origins.ts';
import { ProvenanceStrip } from './provenance-strip.tsx';
import css from './tree.module.css';
import { TreeLegend } from './tree-legend.tsx';
import { acceptedPath, treeNodes, treeParents } from './tree-nodes.ts';
import { useFolds } from './use-folds.ts';

interface Props {
  readonly view: RunView;
  readonly round: number;
  readonly context: ReasonContext;
  /** selected node, the target's own token being the one after the last */
  readonly selected: number | null;
  readonly onSelect: (node: number | null) => void;
  /** the pane with another method's draft is open */
  readonly other: boolean;
  readonly onOther: (open: boolean) => void;
}

/** The draft tree of one round, with what became of every node. */
export function TreePane({ view, round, context, selected, onSelect, other, onOther }: Props) {
  const [search, change] = useInspectSearch();
  const showCut = search.cut === true;
  const showUnreached = search.unreached !== false;
  const [fits, setFits] = useState(0);
  const key = `${view.summary.id}/${round}`;
  const [folded, toggle] = useFolds(key);
  const { tree } = context;
  const nodes = useMemo(() => treeNodes(context), [context]);
  const parents = useMemo(() => treeParents(context), [context]);
  const cut = tree.tokens.length - tree.verified;
  const own = ownNode(tree);
  const unreached = tree.fates.filter((fate) => fate === 'parent-refused').length;
  const visible = useCallback(
    (node: number) =>
      node === own ||
      ((showCut || node < tree.verified) && (showUnreached || tree.fates[node] !== 'parent-refused')),
    [showCut, showUnreached, tree, own],
  );
  const path = useMemo(() => acceptedPath(context), [context]);
  const record = view.rounds[round];
  if (record === undefined) return null;

  return (
    <Panel
      title="Draft tree"
      note={`round ${round}: ${summary(record.drafted, record.accepted, context)}`}
      scroll={false}
      actions={
        <div className={css.actions}>
          {unreached > 0 && (
            <Switch
              checked={showUnreached}
              label={`${unreached} unreached`}
              onChange={(shown) => change({ unreached: shown ? undefined : false })}
            />
          )}
          {cut > 0 && (
            <Switch
              checked={showCut}
              label={`${cut} cut`}
              onChange={(shown) => change({ cut: shown || undefined })}
            />
          )}
          <TreeLegend />
          <IconButton
            label="Draft this round with another method"
            keys="o"
            size="s"
            pressed={other}
            onClick={() => onOther(!other)}
          >
            <GitCompareArrows />
          </IconButton>
          <IconButton label="Fit the tree" keys="f" size="s" onClick={() => setFits(fits + 1)}>
            <Maximize2 />
          </IconButton>
        </div>
      }
    >
      <div className={css.pane}>
        <RoundSentence view={view} round={record} tree={tree} />
        {tree.provenance !== null && (
          <ProvenanceStrip view={view} round={record} tree={tree} node={selected ?? 0} />
        )}
        <div className={css.tree}>
          <DraftTree
            nodes={nodes}
            parents={parents}
            shown={visible}
            path={path}
            own={own}
            selected={selected}
            onSelect={onSelect}
            folded={folded}
            onFold={toggle}
            fitKey={`${key}/${fits}`}
          />
        </div>
      </div>
    </Panel>
  );
}

function summary(drafted: number, accepted: number, c: ReasonContext): string {
  const own = c.committed.at(-1);
  const last = own === undefined ? '' : ` + ${originLooks[own.origin].label}`;
  return drafted === 0 ? 'no draft' : `${plural(drafted, 'token')} verified, ${accepted} accepted${last}`;
}
