import { useCallback, useMemo, useState } from 'react';
import type { MethodSpec } from '#shared/domain/method.ts';
import type { RoundRecord } from '#shared/domain/round.ts';
import { DraftTree } from '../../../charts/tree/draft-tree.tsx';
import { plural } from '../../../ui/format.ts';
import { roundSentence } from '../explain/round-sentence.ts';
import { WithCode } from '../explain/round-sentence-line.tsx';
import { type RunView, specAt } from '../model/run-view.ts';
import { ownNode } from '../model/subject.ts';
import { tokenLabel, withPieces } from '../model/vocabulary.ts';
import { ProvenanceStrip } from '../tree/provenance-strip.tsx';
import { nodeBudgetOf } from '../tree/reason-context.ts';
import { acceptedPath, treeNodes, treeParents } from '../tree/tree-nodes.ts';
import { useFolds } from '../tree/use-folds.ts';
import type { ReasonContext } from '../words/node-reason.ts';
import { agreement } from './agreement.ts';
import css from './other-draft.module.css';
import { agreementWords, unknownTo } from './other-words.ts';

interface Props {
  readonly view: RunView;
  readonly round: number;
  readonly record: RoundRecord;
  readonly method: MethodSpec;
}

/** Another method's draft: what the target takes of it, and its tree. One such element shows one draft. */
export function OtherTree({ view, round, record, method }: Props) {
  const { sampling } = specAt(view, round);
  const context = useMemo((): ReasonContext => {
    const vocabulary = withPieces(view.vocabulary, record.pieces);
    return {
      tree: record.tree,
      committed: record.tokens,
      label: (id) => tokenLabel(vocabulary, id),
      sampling: sampling.temperature > 0,
      nodeBudget: nodeBudgetOf(method),
    };
  }, [view.vocabulary, record, sampling.temperature, method]);
  const nodes = useMemo(() => treeNodes(context), [context]);
  const parents = useMemo(() => treeParents(context), [context]);
  const path = useMemo(() => acceptedPath(context), [context]);
  const [selected, setSelected] = useState<number | null>(null);
  const [folded, fold] = useFolds('');
  const { tree } = record;
  // Proposals that were cut are not what the target was asked about.
  const visible = useCallback((node: number) => node < tree.verified || node === ownNode(tree), [tree]);
  const made = record.tokens.length;
  const { drafted } = record.round;
  const own = view.rounds[round];
  const recorded = view.tokens.slice(view.firstTokens[round]).filter((t) => t.turn === record.round.turn);
  const agreed = agreement(
    record.tokens.map(({ id }) => id),
    recorded.map(({ id }) => id),
  );
  const differing = agreed.same < agreed.known ? (recorded[agreed.same]?.origin ?? null) : null;
  const unknown = unknownTo(method);
  const shown = selected === null ? undefined : nodes[selected];
  return (
    <div className={css.pane}>
      <p className={css.sentence} aria-live="polite">
        <WithCode
          text={roundSentence({
            round: record.round,
            method,
            committed: record.tokens,
            tree,
            endedBy: null,
            label: context.label,
          })}
        />
      </p>
      <dl className={css.facts} aria-label="The other draft in numbers">
        <div>
          <dt>accepted</dt>
          <dd>
            {record.round.accepted} of {record.round.drafted}
          </dd>
        </div>
        <div>
          <dt>tokens of one pass</dt>
          <dd>{made}</dd>
        </div>
        <div>
          <dt>this round’s own</dt>
          <dd>{own === undefined ? '–' : own.accepted + 1}</dd>
        </div>
      </dl>
      <p className={css.note}>
        {agreementWords(made, agreed, { sampled: sampling.temperature > 0, origin: differing })}
        {unknown !== null && ` ${unknown}`}
      </p>
      {tree.provenance !== null && (
        <ProvenanceStrip
          view={view}
          round={record.round}
          tree={tree}
          node={selected ?? 0}
          label={context.label}
        />
      )}
      <div className={css.tree}>
        <DraftTree
          nodes={nodes}
          parents={parents}
          shown={visible}
          path={path}
          own={ownNode(tree)}
          selected={selected}
          onSelect={setSelected}
          folded={folded}
          onFold={fold}
          fitKey=""
        />
      </div>
      <p className={css.reason}>
        {shown === undefined ? (
          drafted > 0 && `${plural(drafted, 'node')} verified; choose one to read what became of it.`
        ) : (
          <>
            <code>{shown.label}</code> {shown.reason}.
          </>
        )}
      </p>
    </div>
  );
}
