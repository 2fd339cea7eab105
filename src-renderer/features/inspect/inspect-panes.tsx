import { type ReactNode, useMemo } from 'react';
import type { Sample } from '#shared/domain/sample.ts';
import { useRound } from '../../api/queries.ts';
import { Panel } from '../../ui/panel.tsx';
import { SplitPane } from '../../ui/split-pane.tsx';
import { EmptyState, ErrorState, LoadingState } from '../../ui/state.tsx';
import { DetailsPane } from './details/details-pane.tsx';
import { noDraftTop } from './details/no-draft-top.ts';
import { ImagePane } from './image/image-pane.tsx';
import { copiedFrom } from './model/provenance.ts';
import { quotedFrom } from './model/quoted.ts';
import { type RunView, tokenSpan } from './model/run-view.ts';
import type { Resolved, Selected } from './model/selection.ts';
import { nodeOfPlace, placeOfNode, placeOfRow, subjectOf } from './model/subject.ts';
import { OtherDraftPane } from './other-draft/other-draft-pane.tsx';
import { useLooks } from './store/use-looks.ts';
import { usePart } from './store/use-part.ts';
import { TimelinePane } from './timeline/timeline-pane.tsx';
import { AnswerPane } from './tokens/answer-pane.tsx';
import { reasonContext } from './tree/reason-context.ts';
import { TreePane } from './tree/tree-pane.tsx';
import { WhatIfPane } from './what-if/what-if-pane.tsx';

interface Props {
  readonly view: RunView;
  readonly at: Resolved;
  readonly sample: Sample | undefined;
  readonly onSelect: (selected: Selected) => void;
  readonly whatIf: boolean;
  readonly onWhatIf: (open: boolean) => void;
  readonly other: boolean;
  readonly onOther: (open: boolean) => void;
}

const nothing: ReadonlySet<number> = new Set();

/** The panes of an open run. */
export function InspectPanes(props: Props) {
  const { view, at, sample, onSelect, whatIf, onWhatIf, other, onOther } = props;
  const runId = view.summary.id;
  const detail = useRound(runId, at.round ?? undefined);
  const { round } = at;
  const context = useMemo(
    () => (round === null || detail.data === undefined ? null : reasonContext(view, round, detail.data)),
    [view, round, detail.data],
  );
  const first = round === null ? 0 : tokenSpan(view, round)[0];
  const node =
    context === null
      ? null
      : (at.node ??
        (at.token === null ? null : nodeOfPlace(context.tree, context.committed, at.token - first)));
  const subject = context === null || node === null ? null : subjectOf(context.tree, context.committed, node);
  const record = round === null ? undefined : view.rounds[round];

  const source = useMemo(() => {
    const turn = view.turns.find((t) => t.index === record?.turn);
    if (context === null || record === undefined || turn === undefined) return nothing;
    return copiedFrom(turn, first - record.firstToken, context.tree, node ?? 0);
  }, [view.turns, context, record, first, node]);
  const quoted = useMemo(() => {
    const turn = view.turns.find((t) => t.index === record?.turn);
    if (context === null || turn === undefined) return [];
    return quotedFrom(view.turns, turn, view.vocabulary, context.tree, node ?? 0);
  }, [view.turns, view.vocabulary, context, record, node]);

  // A refused node has the attention of the row that refused it.
  const place =
    subject === null ? null : (subject.place ?? placeOfRow(context?.committed ?? [], subject.row));
  const lookedFrom = useMemo(
    () => (place === null ? at : { ...at, token: first + place }),
    [at, place, first],
  );

  const looks = useLooks(view, usePart(view, detail.data));
  const selectToken = (token: number) => onSelect({ token, round: view.tokens[token]?.round });

  const selectNode = (next: number | null) => {
    if (context === null || round === null) return;
    if (next === null) {
      onSelect({ round, token: at.token ?? undefined });
      return;
    }
    const place =
      placeOfNode(context.tree, context.committed, next) ??
      placeOfRow(context.committed, next === 0 ? 0 : (context.tree.parents[next] ?? null));
    onSelect({ round, node: next, token: place === null ? (at.token ?? undefined) : first + place });
  };

  const detailError =
    detail.error === null ? null : (
      <ErrorState
        title="The round could not be read"
        error={detail.error}
        onRetry={() => void detail.refetch()}
      />
    );
  const waiting =
    round === null ? (
      <EmptyState title="No round yet">The prompt is being evaluated.</EmptyState>
    ) : (
      (detailError ?? <LoadingState label="Reading the round" />)
    );

  return (
    <SplitPane
      id="inspect"
      direction="horizontal"
      panes={[
        {
          id: 'left',
          defaultSize: '30%',
          minSize: 280,
          content: (
            <SplitPane
              id="inspect.left"
              direction="vertical"
              panes={[
                {
                  id: 'image',
                  defaultSize: '52%',
                  minSize: 160,
                  content: (
                    <ImagePane
                      dataSetId={view.summary.spec.dataSetId}
                      sample={sample}
                      run={{ view, at: lookedFrom, detail: detail.data, looks, onSelect: selectToken }}
                    />
                  ),
                },
                {
                  id: 'details',
                  minSize: 100,
                  content:
                    context !== null && subject !== null && record !== undefined ? (
                      <DetailsPane
                        round={record}
                        context={context}
                        subject={subject}
                        noDraftTop={noDraftTop(record, view.summary.spec.method)}
                      />
                    ) : (
                      <Panel title="Token">{waiting}</Panel>
                    ),
                },
              ]}
            />
          ),
        },
        {
          id: 'right',
          minSize: 420,
          content: (
            <SplitPane
              id="inspect.right"
              direction="vertical"
              panes={[
                {
                  id: 'tokens',
                  defaultSize: '27%',
                  minSize: 90,
                  content: (
                    <AnswerPane
                      view={view}
                      source={source}
                      quoted={quoted}
                      lit={looks.painting}
                      at={at}
                      onSelect={selectToken}
                    />
                  ),
                },
                {
                  id: 'tree',
                  minSize: 120,
                  content:
                    context !== null && round !== null ? (
                      <Beside
                        other={
                          other ? (
                            <OtherDraftPane view={view} round={round} onClose={() => onOther(false)} />
                          ) : null
                        }
                      >
                        <TreePane
                          view={view}
                          round={round}
                          context={context}
                          selected={node}
                          onSelect={selectNode}
                          other={other}
                          onOther={onOther}
                        />
                      </Beside>
                    ) : (
                      <Panel title="Draft tree">{waiting}</Panel>
                    ),
                },
                {
                  id: 'timeline',
                  defaultSize: '24%',
                  minSize: 90,
                  content: (
                    <TimelinePane
                      view={view}
                      round={round}
                      onSelect={(r) => onSelect({ round: r })}
                      whatIf={whatIf}
                      onWhatIf={onWhatIf}
                    />
                  ),
                },
                ...(whatIf
                  ? [
                      {
                        id: 'what-if',
                        defaultSize: '34%',
                        minSize: 200,
                        content: <WhatIfPane view={view} onClose={() => onWhatIf(false)} />,
                      },
                    ]
                  : []),
              ]}
            />
          ),
        },
      ]}
    />
  );
}

/** The round's own tree, alone or with another one at its side. */
function Beside({ other, children }: { readonly other: ReactNode; readonly children: ReactNode }) {
  return (
    <SplitPane
      id="inspect.trees"
      direction="horizontal"
      panes={[
        { id: 'own', minSize: 200, content: children },
        ...(other === null ? [] : [{ id: 'other', minSize: 200, content: other }]),
      ]}
    />
  );
}
