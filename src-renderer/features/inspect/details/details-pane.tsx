import { useState } from 'react';
import type { Round } from '#shared/domain/round.ts';
import { roundMs } from '#shared/metrics/totals.ts';
import { StackedBar } from '../../../charts/bars/stacked-bar.tsx';
import { formatFixed, formatMs, formatPercent } from '../../../ui/format.ts';
import { Panel } from '../../../ui/panel.tsx';
import type { Subject } from '../model/subject.ts';
import { ownNode } from '../model/subject.ts';
import { chosenAt, fateWord, nodeReason, ownReason, type ReasonContext } from '../words/node-reason.ts';
import { probability, rank } from '../words/numbers.ts';
import { originLooks } from '../words/origins.ts';
import { provenanceWords } from '../words/provenance.ts';
import css from './details.module.css';
import { Fact } from './fact.tsx';
import { TopK } from './top-k.tsx';

interface Props {
  readonly round: Round;
  readonly context: ReasonContext;
  readonly subject: Subject;
  /** why the draft has no distribution when it has none */
  readonly noDraftTop: string;
}

/** Everything recorded about the selected token or node. */
export function DetailsPane({ round, context, subject, noDraftTop }: Props) {
  const [after, setAfter] = useState(false);
  const { tree } = context;
  const { node, token } = subject;
  const inTree = node < ownNode(tree);
  const ownRow = inTree && node < tree.verified ? node : null;
  // The root was judged in an earlier round: only what follows it is known here.
  const row = after || subject.row === null ? ownRow : subject.row;
  const p = token?.pTarget ?? tree.targetProb[node] ?? null;
  const pRank = token?.targetRank ?? tree.targetRank[node] ?? null;
  const q = token?.pDraft ?? tree.draftProb[node] ?? null;
  const qRank = token?.draftRank ?? tree.draftRank[node] ?? null;
  const judged = subject.row;
  const found = tree.provenance?.[node] ?? null;
  return (
    <Panel title={token === null ? 'Node' : 'Token'} note={headNote(subject, context, round)}>
      <div className={css.pane}>
        <div className={css.head}>
          <code className={css.label}>{context.label(subject.tokenId)}</code>
          <span className={css.id}>id {subject.tokenId}</span>
        </div>
        <p className={css.reason}>{capital(reasonOf(context, subject))}.</p>
        {found !== null && <p className={css.reason}>{capital(provenanceWords(found))}.</p>}
        <dl className={css.facts}>
          <Fact
            name="pTarget"
            label="p target"
            value={p === null ? '–' : probability(p)}
            note={pRank === null ? '' : rank(pRank)}
          />
          <Fact
            name="pDraft"
            label="p draft"
            value={q === null ? '–' : probability(q)}
            note={qRank === null ? '' : rank(qRank)}
          />
          <Fact
            name="entropy"
            label="entropy"
            value={formatFixed(token?.entropy ?? tree.entropy[judged ?? node] ?? null, 2)}
            note="nats"
          />
          <Fact
            name="margin"
            label="margin"
            value={formatFixed(token?.margin ?? tree.margin[judged ?? node] ?? null, 2)}
            note="logits"
          />
          <Fact
            name="score"
            label="r"
            value={scoreText(token?.score ?? tree.imageShare[judged ?? node] ?? null)}
            note=""
          />
          <Fact
            name="logProb"
            label="Σ log q"
            value={formatFixed(tree.logProb[node] ?? null, 2)}
            note="nats"
          />
        </dl>
        <TopK
          context={context}
          row={row}
          subject={row === subject.row ? subject.tokenId : null}
          chosen={row === null ? null : (chosenAt(tree, context.committed, row)?.id ?? null)}
          noDraftTop={noDraftTop}
          after={subject.row === null || after}
          onAfter={subject.row !== null && ownRow !== null ? setAfter : null}
        />
        {token?.shares != null && (
          <section>
            <h3 className={css.title}>Attention of this row</h3>
            <StackedBar
              label="Attention shares"
              segments={(['system', 'image', 'text', 'generated'] as const).map((name) => ({
                name,
                value: token.shares?.[name] ?? 0,
                text: formatPercent(token.shares?.[name] ?? 0),
                colour: `share-${name}`,
              }))}
            />
          </section>
        )}
        <section>
          <h3 className={css.title}>
            Time of round {round.index}: {formatMs(roundMs(round.ms))}
          </h3>
          <StackedBar
            label="Time of the round"
            segments={(['draft', 'verify', 'capture', 'other'] as const).map((name) => ({
              name,
              value: round.ms[name],
              text: formatMs(round.ms[name]),
              colour: `time-${name}`,
            }))}
          />
        </section>
      </div>
    </Panel>
  );
}

function scoreText(score: number | null): string {
  return score === null ? '–' : probability(score);
}

function headNote(subject: Subject, c: ReasonContext, round: Round): string {
  if (subject.token !== null) return `${originLooks[subject.token.origin].label}, round ${round.index}`;
  return `${fateWord(c.tree.fates[subject.node] ?? 'root')}, round ${round.index}`;
}

function reasonOf(c: ReasonContext, subject: Subject): string {
  if (subject.node < ownNode(c.tree)) return nodeReason(c, subject.node);
  return subject.token === null ? '' : ownReason(c, subject.token);
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
